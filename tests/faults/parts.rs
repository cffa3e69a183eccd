//! Parts of requests: some as they should be, some nearly so, some anything.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

pub(crate) const METHODS: [&str; 10] = [
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
const PATHS: [&str; 18] = [
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
    "/livez",
    "/readyz",
    "/health",
    "/metrics",
    "/openapi.json",
    "/docs",
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
pub(crate) fn near_value() -> impl Strategy<Value = Value> {
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

pub(crate) fn body() -> impl Strategy<Value = Vec<u8>> {
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

pub(crate) fn path() -> impl Strategy<Value = Vec<u8>> {
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

/// A key, or none: of few, so that some come again with another order, and some that can't be.
pub(crate) fn key() -> impl Strategy<Value = Option<Vec<u8>>> {
    let keys = select(vec!["k1", "k2", "", " ", "\u{e9}", "two words"]);
    let keys = keys.prop_map(|key| key.as_bytes().to_vec());
    let long = (254_usize..258).prop_map(|length| vec![b'k'; length]);
    proptest::option::of(prop_oneof![4 => keys, 1 => long])
}

pub(crate) fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
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
