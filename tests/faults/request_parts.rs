//! Generators for parts of requests: valid, almost valid, and arbitrary ones.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::Union;
use serde_json::Value;

use crate::endpoints::{Endpoint, Field};

const METHODS: [&str; 8] = [
    "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW",
];

/// The method of the endpoint, or sometimes another.
pub(crate) fn method(known: &str) -> impl Strategy<Value = String> + use<> {
    let known = known.to_owned();
    prop_oneof![3 => Just(known), 1 => select(&METHODS).prop_map(str::to_owned)]
}

/// Values that are valid for some field, or almost.
pub(crate) fn near_value() -> impl Strategy<Value = Value> {
    let texts = select(vec![
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

/// A value for a field: one near the bounds of its schema, or any other.
fn value_of((name, values): &Field) -> impl Strategy<Value = (String, Value)> + use<> {
    let value = prop_oneof![select(values.clone()), near_value()];
    (Just(name.clone()), value)
}

/// One of `fields` or another field, with a value.
pub(crate) fn field(fields: &[Field]) -> impl Strategy<Value = (String, Value)> + use<> {
    let others = ["sku", "Sku", "color", ""].map(|name| (name.to_owned(), vec![Value::Null]));
    let all = fields.iter().chain(&others);
    Union::new(all.map(|field| value_of(field).boxed()))
}

fn near_object(fields: &[Field]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let members = vec(field(fields), 0..6);
    members.prop_map(|members| {
        Value::Object(members.into_iter().collect())
            .to_string()
            .into_bytes()
    })
}

pub(crate) fn body(fields: &[Field]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let broken = (near_object(fields), any::<Index>(), any::<u8>());
    let broken = broken.prop_map(|(mut body, at, byte)| {
        let at = at.index(body.len());
        body[at] = byte;
        body
    });
    prop_oneof![
        8 => near_object(fields),
        4 => broken,
        1 => vec(any::<u8>(), 0..200),
        1 => (0_usize..40_000).prop_map(|length| vec![b'['; length]),
        1 => (16_000_usize..17_000).prop_map(|length| vec![b' '; length]),
        1 => Just(Vec::new()),
    ]
}

/// A part of a path or query: text, percent signs, bytes that are not UTF-8.
fn part() -> impl Strategy<Value = Vec<u8>> {
    let known = select(vec![
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
        "newest",
        "2026-01-05T09:00:00Z",
        "MQ",
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

/// The percent-encoded form of a value.
pub(crate) fn escaped(value: &Value) -> Vec<u8> {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    let bytes = text.bytes().flat_map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => vec![byte],
        other => format!("%{other:02X}").into_bytes(),
    });
    bytes.collect()
}

/// A value for a path parameter: one that exists, almost exists, or any other.
fn filling(endpoint: &Endpoint, name: &str) -> BoxedStrategy<Vec<u8>> {
    let known = endpoint.known.get(name).cloned().into_iter().collect();
    let near = endpoint
        .parameters
        .iter()
        .find(|(parameter, _)| parameter == name);
    let near = near.map(|(_, values)| values.clone()).unwrap_or_default();
    let choices = [known, near]
        .into_iter()
        .filter(|values| !values.is_empty());
    let choices = choices.map(|values| select(values).prop_map(|value| escaped(&value)).boxed());
    Union::new(choices.chain([part().boxed()])).boxed()
}

fn query(fields: &[Field]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let near = field(fields).prop_map(|(name, value)| (name, escaped(&value)));
    let names = fields.iter().map(|(name, _)| name.clone());
    let names = select(names.chain(["x".to_owned()]).collect::<Vec<_>>());
    let pairs = prop_oneof![near, (names, part())];
    vec(pairs, 0..4).prop_map(|pairs| {
        let pairs = pairs
            .into_iter()
            .map(|(name, value)| [name.as_bytes(), b"=", &value].concat());
        pairs.collect::<Vec<_>>().join(&b'&')
    })
}

/// The path of an endpoint with values for its parameters, and a query.
pub(crate) fn path(endpoint: &Endpoint) -> impl Strategy<Value = Vec<u8>> + use<> {
    let parts: Vec<_> = endpoint
        .path
        .split('/')
        .skip(1)
        .map(|part| match parameter(part) {
            Some(name) => filling(endpoint, name),
            None => Just(part.as_bytes().to_vec()).boxed(),
        })
        .collect();
    (parts, query(&endpoint.query)).prop_map(|(parts, query)| {
        let path = parts.iter().flat_map(|part| [b"/", &part[..]].concat());
        let path = path.collect::<Vec<_>>();
        if query.is_empty() {
            path
        } else {
            [path, query].join(&b'?')
        }
    })
}

/// The name of a parameter, if this part of a path is one.
pub(crate) fn parameter(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

/// An idempotency key or none: few different ones, so that some are reused, and invalid ones.
pub(crate) fn key() -> impl Strategy<Value = Option<Vec<u8>>> {
    let keys = select(vec!["k1", "k2", "", " ", "\u{e9}", "two words"]);
    let keys = keys.prop_map(|key| key.as_bytes().to_vec());
    let long = (254_usize..258).prop_map(|length| vec![b'k'; length]);
    proptest::option::of(prop_oneof![4 => keys, 1 => long])
}

/// A header of a request.
pub(crate) type Header = (String, Vec<u8>);

/// Common headers, and those of `known`.
pub(crate) fn headers(known: &[String]) -> impl Strategy<Value = Vec<Header>> + use<> {
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
    let kind = kinds.prop_map(|kind| ("Content-Type".to_owned(), kind.as_bytes().to_vec()));
    let others = [
        "Accept",
        "Accept-Encoding",
        "Range",
        "If-None-Match",
        "Content-Type",
        "Expect",
        "Authorization",
        "Last-Event-ID",
    ];
    let names = others.map(str::to_owned).into_iter();
    let names = select(names.chain(known.iter().cloned()).collect::<Vec<_>>());
    // All bytes that a header may contain, including those above ASCII.
    let byte = prop_oneof![4 => 0x20_u8..0x7f, 1 => 0x80_u8..];
    let others = vec((names, vec(byte, 0..300)), 0..4);
    (proptest::option::weighted(0.9, kind), others)
        .prop_map(|(kind, others)| kind.into_iter().chain(others).collect())
}
