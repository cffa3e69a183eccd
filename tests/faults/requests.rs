//! Generators for requests that are only partly valid, for every endpoint.

use axum::http::Uri;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::Union;
use serde_json::Value;

use crate::endpoints::Endpoint;
use crate::request_parts::{Header, body, escaped, field, headers, key, method, parameter, path};

/// A request as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    path: Vec<u8>,
    headers: Vec<Header>,
    body: Vec<u8>,
    framing: Framing,
}

/// How the length of a body is given.
#[derive(Debug, Clone, Copy)]
enum Framing {
    Length,
    Chunks,
    None,
}

impl Request {
    /// Whether its endpoint is one of HTTP at all. Who sends another speaks no HTTP, and is told so
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

/// A request as the document has it, with what the books know.
pub(crate) fn whole(endpoint: &Endpoint) -> Request {
    let parts = endpoint.path.split('/').skip(1).map(|part| {
        let known = parameter(part).and_then(|name| endpoint.known.get(name));
        known.map_or_else(|| part.as_bytes().to_vec(), escaped)
    });
    let path = parts.flat_map(|part| [b"/", &part[..]].concat()).collect();
    Request {
        method: endpoint.method.clone(),
        path,
        headers: endpoint.body.iter().map(|_| json_header()).collect(),
        body: endpoint
            .body
            .iter()
            .flat_map(|body| body.to_string().into_bytes())
            .collect(),
        framing: Framing::Length,
    }
}

/// What is wrong with a field of an order.
#[derive(Debug, Clone, Copy)]
enum Slip {
    Nothing,
    Other,
    Left,
    Twice,
}

impl Slip {
    fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            2 => Just(Self::Nothing),
            5 => Just(Self::Other),
            1 => Just(Self::Left),
            1 => Just(Self::Twice),
        ]
    }

    /// The order as it is sent. By hand, since an object can't have a member twice.
    fn write(self, order: &Value, (name, value): (String, Value)) -> String {
        let fields = order.as_object().unwrap().clone();
        let mut fields: Vec<_> = fields.into_iter().collect();
        match self {
            Self::Nothing => {}
            Self::Left => fields.retain(|(known, _)| *known != name),
            Self::Other => {
                fields.retain(|(known, _)| *known != name);
                fields.push((name, value));
            }
            Self::Twice => fields.extend([(name.clone(), value.clone()), (name, value)]),
        }
        let members = fields
            .iter()
            .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}

/// An order with or without a slip, and with or without a key.
fn near_order(endpoint: &Endpoint, order: Value) -> impl Strategy<Value = Request> + use<> {
    let slip = (Slip::any(), field(&endpoint.fields));
    let framing = prop_oneof![Just(Framing::Length), Just(Framing::Chunks)];
    let (method, path) = (endpoint.method.clone(), endpoint.path.clone().into_bytes());
    (slip, key(), framing).prop_map(move |((slip, field), key, framing)| {
        let key = key.map(|key| ("Idempotency-Key".to_owned(), key));
        Request {
            method: method.clone(),
            path: path.clone(),
            headers: [json_header()].into_iter().chain(key).collect(),
            body: slip.write(&order, field).into_bytes(),
            framing,
        }
    })
}

fn json_header() -> Header {
    ("Content-Type".to_owned(), b"application/json".to_vec())
}

fn anything(endpoint: &Endpoint) -> impl Strategy<Value = Request> + use<> {
    let framing = prop_oneof![
        4 => Just(Framing::Length),
        1 => Just(Framing::Chunks),
        1 => Just(Framing::None),
    ];
    let head = (
        method(&endpoint.method),
        path(endpoint),
        headers(&endpoint.headers),
    );
    (head, body(&endpoint.fields), framing).prop_map(|((method, path, headers), body, framing)| {
        Request {
            method,
            path,
            headers,
            body,
            framing,
        }
    })
}

/// Requests for an endpoint that make sense only in part.
pub(crate) fn request(endpoint: &Endpoint) -> BoxedStrategy<Request> {
    let order = endpoint.body.clone();
    let orders = order.map(|order| (2, near_order(endpoint, order).boxed()));
    let all = [(1, anything(endpoint).boxed())].into_iter().chain(orders);
    Union::new_weighted(all.collect()).boxed()
}

/// The bytes of a request with some of them changed, doubled or left out.
pub(crate) fn garbled(endpoint: &Endpoint) -> BoxedStrategy<Vec<u8>> {
    let strokes = vec((any::<Index>(), any::<u8>(), 0..4_u8), 1..6);
    let garbled = (request(endpoint), strokes).prop_map(|(request, strokes)| {
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
    });
    garbled.boxed()
}
