//! Requests that make sense only in part, for every endpoint.

use axum::http::Uri;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

/// A request as it goes over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    path: Vec<u8>,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Vec<u8>,
    framing: Framing,
}

/// How the end of a body is told.
#[derive(Debug, Clone, Copy)]
enum Framing {
    Length,
    Chunks,
    None,
}

impl Request {
    /// Whether its target is one of HTTP at all. Who sends another speaks no HTTP, and is told so
    /// with 400 and no more, before any of our code is asked.
    pub(crate) fn is_http(&self) -> bool {
        Uri::try_from(&self.path[..]).is_ok()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = [self.method.as_bytes(), b" ", &self.path].concat();
        bytes.extend(b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
        for (name, value) in &self.headers {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        let length = self.body.len();
        match self.framing {
            Framing::None => bytes.extend(b"\r\n"),
            Framing::Length => {
                bytes.extend(format!("Content-Length: {length}\r\n\r\n").bytes());
                bytes.extend(&self.body);
            }
            Framing::Chunks => {
                bytes.extend(b"Transfer-Encoding: chunked\r\n\r\n");
                for chunk in self.body.chunks(1000) {
                    let size = format!("{:x}\r\n", chunk.len());
                    bytes.extend([size.as_bytes(), chunk, b"\r\n"].concat());
                }
                bytes.extend(b"0\r\n\r\n");
            }
        }
        bytes
    }
}

const METHODS: [&str; 10] = [
    "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW",
];

const POSTS: [&str; 5] = [
    "/inventory/init",
    "/inventory/restock",
    "/inventory/reserve",
    "/checkout/confirm",
    "/checkout/cancel",
];

/// Paths with a hole for an id, which may be anything.
const PATHS: [&str; 13] = [
    "/inventory/{}",
    "/inventory/{}/waitlist",
    "/inventory/{}/ledger",
    "/reservations/{}",
    "/reservations",
    "/users/{}/behavior",
    "/analytics/inventory",
    "/analytics/inventory/{}",
    "/analytics/ai/inventory/{}",
    "/problems/{}",
    "/static/{}",
    "/readyz",
    "/{}",
];

const FIELDS: [&str; 9] = [
    "sku",
    "user_id",
    "quantity",
    "reservation_id",
    "hold_ttl_seconds",
    "waitlist_limit",
    "reason",
    "Sku",
    "",
];

/// Values that some field takes, or nearly.
fn near_value() -> impl Strategy<Value = Value> {
    let texts = select(vec![
        "FUZZ",
        "fuzz.1",
        "",
        " ",
        "a/b",
        "userA",
        "3",
        "-1",
        "0",
        "1e3",
        "١",
        "\u{0}",
        "\u{202e}",
        "null",
        "019aa000-0000-7000-8000-000000000000",
        "00000000-0000-0000-0000-000000000000",
    ]);
    let numbers = select(vec![
        0,
        1,
        -1,
        2,
        1_000_000,
        1_000_001,
        i64::MAX,
        i64::MIN,
        86_401,
        5,
    ]);
    prop_oneof![
        4 => texts.prop_map(Value::from),
        4 => numbers.prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<String>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => vec(any::<i32>(), 0..3).prop_map(Value::from),
        1 => (0_usize..300).prop_map(|length| Value::from("x".repeat(length))),
    ]
}

fn near_object() -> impl Strategy<Value = Vec<u8>> {
    let members = vec((select(FIELDS.to_vec()), near_value()), 0..6);
    members.prop_map(|members| {
        let members = members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Value::Object(members.collect::<Map<_, _>>())
            .to_string()
            .into_bytes()
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let broken = (near_object(), any::<prop::sample::Index>(), any::<u8>());
    let broken = broken.prop_map(|(mut body, at, byte)| {
        let at = at.index(body.len());
        body[at] = byte;
        body
    });
    prop_oneof![
        8 => near_object(),
        4 => broken,
        1 => vec(any::<u8>(), 0..200),
        1 => (0_usize..40_000).prop_map(|length| vec![b'['; length]),
        1 => (16_000_usize..17_000).prop_map(|length| vec![b' '; length]),
        1 => Just(Vec::new()),
    ]
}

/// A part of a path or query: text, percent signs, bytes that are no UTF-8.
fn part() -> impl Strategy<Value = Vec<u8>> {
    let known = select(vec![
        "FUZZ",
        "",
        ".",
        "..",
        "%2e%2e%2f",
        "%00",
        "%ff",
        "%",
        "%zz",
        "a%2Fb",
        "init",
        "+",
        "\u{e9}",
        "019aa000-0000-7000-8000-000000000000",
        "overloaded",
        "index.html",
        "sold-out",
    ]);
    let visible = vec(0x21_u8..0x7f, 0..80).prop_map(|part| {
        part.into_iter()
            .filter(|byte| *byte != b'#')
            .collect::<Vec<_>>()
    });
    prop_oneof![
        3 => known.prop_map(|part| part.as_bytes().to_vec()),
        1 => visible,
        1 => vec(0x80_u8.., 1..9),
    ]
}

fn query() -> impl Strategy<Value = Vec<u8>> {
    let names = select(vec!["limit", "cursor", "sku", "user_id", "status", "x", ""]);
    let values = prop_oneof![
        2 => select(vec!["1", "0", "201", "-1", "RESERVED", "reserved", "AAAA", "!!", "MQ"])
            .prop_map(|value| value.as_bytes().to_vec()),
        1 => part(),
    ];
    vec((names, values), 0..4).prop_map(|pairs| {
        let pairs = pairs
            .into_iter()
            .map(|(name, value)| [name.as_bytes(), b"=", &value].concat());
        pairs.collect::<Vec<_>>().join(&b'&')
    })
}

fn path() -> impl Strategy<Value = Vec<u8>> {
    let with_hole = (select(PATHS.to_vec()), part(), query()).prop_map(|(path, part, query)| {
        let (front, back) = path.split_once("{}").unwrap_or((path, ""));
        let part: &[u8] = if path.contains("{}") { &part } else { b"" };
        let path = [front.as_bytes(), part, back.as_bytes()].concat();
        if query.is_empty() {
            path
        } else {
            [path, query].join(&b'?')
        }
    });
    let posts = select(POSTS.to_vec()).prop_map(|path| path.as_bytes().to_vec());
    prop_oneof![posts, with_hole]
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    let kinds = select(vec![
        "application/json",
        "application/json",
        "application/json",
        "text/plain",
        "",
        "application/",
        "application/json; charset=latin1",
        "a/b; charset",
    ]);
    let kind = kinds.prop_map(|kind| ("Content-Type", kind.as_bytes().to_vec()));
    let names = select(vec![
        "Idempotency-Key",
        "X-Request-Id",
        "traceparent",
        "Accept",
        "Accept-Encoding",
        "Range",
        "If-None-Match",
        "Content-Type",
        "Expect",
        "Authorization",
    ]);
    // All that a header may have, and bytes above ASCII, which it may have too.
    let byte = prop_oneof![4 => 0x20_u8..0x7f, 1 => 0x80_u8..];
    let others = vec((names, vec(byte, 0..300)), 0..4);
    (proptest::option::weighted(0.9, kind), others)
        .prop_map(|(kind, others)| kind.into_iter().chain(others).collect())
}

pub(crate) fn request() -> impl Strategy<Value = Request> {
    let framing = prop_oneof![
        4 => Just(Framing::Length),
        1 => Just(Framing::Chunks),
        1 => Just(Framing::None),
    ];
    (select(METHODS.to_vec()), path(), headers(), body(), framing).prop_map(
        |(method, path, headers, body, framing)| Request {
            // What is meant for a body is mostly sent with one.
            method: if POSTS.iter().any(|post| post.as_bytes() == path) && body.len() % 4 > 0 {
                "POST"
            } else {
                method
            },
            path,
            headers,
            body,
            framing,
        },
    )
}

/// The bytes of a request with some of them changed, doubled or left out.
pub(crate) fn garbled() -> impl Strategy<Value = Vec<u8>> {
    let strokes = vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..6);
    (request(), strokes).prop_map(|(request, strokes)| {
        let mut bytes = request.bytes();
        for (at, byte, kind) in strokes {
            // Most of what HTTP can go wrong with stands at the beginning.
            let at = at.index(bytes.len().clamp(1, 300));
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.drain(at..bytes.len().min(at + usize::from(byte % 8)))),
                _ => bytes.truncate(at.max(1)),
            }
            if bytes.is_empty() {
                bytes.push(byte);
            }
        }
        bytes
    })
}
