//! Requests that make sense only in part, for every endpoint.

use axum::http::Uri;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::parts::{METHODS, body, headers, key, near_value, path};

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
        bytes.extend(b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
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

/// What each endpoint takes, where nothing is wrong.
fn order() -> impl Strategy<Value = (&'static str, Value)> {
    let id = "019aa000-0000-7000-8000-000000000000";
    let taken = json!({"sku": "FUZZ", "quantity": 1000});
    prop_oneof![
        Just(("/inventory/init", taken.clone())),
        Just(("/inventory/restock", taken)),
        (0_u32..999).prop_map(|user| {
            let order = json!({"sku": "FUZZ", "user_id": format!("user{user}"), "quantity": 1});
            ("/inventory/reserve", order)
        }),
        Just(("/checkout/confirm", json!({"reservation_id": id}))),
        Just(("/checkout/cancel", json!({"reservation_id": id}))),
    ]
}

/// What is wrong with a field of an order.
#[derive(Debug, Clone)]
enum Slip {
    Nothing,
    Other(Value),
    Left,
    Twice(Value),
    Unknown(Value),
}

impl Slip {
    fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            2 => Just(Self::Nothing),
            4 => near_value().prop_map(Self::Other),
            1 => Just(Self::Left),
            1 => near_value().prop_map(Self::Twice),
            1 => near_value().prop_map(Self::Unknown),
        ]
    }

    /// The order as it is sent. By hand, since an object can't have a member twice.
    fn write(self, order: &Value, at: prop::sample::Index) -> String {
        let fields = order.as_object().unwrap().iter();
        let mut fields: Vec<_> = fields.map(|(k, v)| (k.clone(), v.clone())).collect();
        let at = at.index(fields.len());
        match self {
            Self::Nothing => {}
            Self::Other(value) => fields[at].1 = value,
            Self::Left => drop(fields.remove(at)),
            Self::Twice(value) => fields.push((fields[at].0.clone(), value)),
            Self::Unknown(value) => fields.push(("colour".to_owned(), value)),
        }
        let members = fields
            .iter()
            .map(|(name, value)| format!("{name:?}:{value}"));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}

/// An order with or without a slip, and with or without a key.
fn near_order() -> impl Strategy<Value = Request> {
    let slip = (Slip::any(), any::<prop::sample::Index>());
    let framing = prop_oneof![Just(Framing::Length), Just(Framing::Chunks)];
    let kind = ("Content-Type", b"application/json".to_vec());
    (order(), slip, key(), framing).prop_map(move |((path, order), (slip, at), key, framing)| {
        let key = key.map(|key| ("Idempotency-Key", key));
        Request {
            method: "POST",
            path: path.as_bytes().to_vec(),
            headers: [kind.clone()].into_iter().chain(key).collect(),
            body: slip.write(&order, at).into_bytes(),
            framing,
        }
    })
}

fn anything() -> impl Strategy<Value = Request> {
    let framing = prop_oneof![
        4 => Just(Framing::Length),
        1 => Just(Framing::Chunks),
        1 => Just(Framing::None),
    ];
    (select(METHODS.to_vec()), path(), headers(), body(), framing).prop_map(
        |(method, path, headers, body, framing)| Request {
            method,
            path,
            headers,
            body,
            framing,
        },
    )
}

pub(crate) fn request() -> impl Strategy<Value = Request> {
    prop_oneof![anything(), near_order()]
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
