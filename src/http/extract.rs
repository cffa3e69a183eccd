//! Bodies, paths, queries and headers, which reject as problems.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::catalog::Code;
use super::fields::{Fields, FromFields};
use super::problem::{FieldError, Problem};
use crate::idempotency::IdempotencyKey;

/// The most bytes that a body may have.
pub const BODY_LIMIT: usize = 16 * 1024;

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: FromFields> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                Code::UnsupportedMediaType,
                "The Content-Type must be application/json.",
            ));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| unreadable(&rejection))?;
        let value = serde_json::from_slice(&bytes)
            .map_err(|error| Problem::new(Code::MalformedJson, format!("Not JSON: {error}.")))?;
        let Value::Object(values) = value else {
            return Err(Problem::invalid_fields(vec![FieldError {
                field: "body".to_owned(),
                message: "must be a JSON object".to_owned(),
            }]));
        };
        Fields::read(values).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .map(|kind| kind.trim().to_ascii_lowercase());
    kind.is_some_and(|kind| {
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
    })
}

fn unreadable(rejection: &BytesRejection) -> Problem {
    use axum::http::StatusCode;
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(
            Code::BodyTooLarge,
            format!("The body has more than {BODY_LIMIT} bytes."),
        )
    } else {
        Problem::new(
            Code::MalformedJson,
            "The body could not be read to its end.",
        )
    }
}

/// The named parts of a path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: FromFields> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::new(Code::NotFound, "The path is not UTF-8."))?;
        let named = |(name, value): (&str, &str)| (name.to_owned(), Value::from(value));
        Fields::read(params.iter().map(named).collect()).map(Self)
    }
}

/// A query string.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: FromFields> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        #[expect(
            clippy::disallowed_types,
            reason = "this is the extractor that rejects as a problem"
        )]
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| invalid_query("query", "must be name=value pairs"))?;
        let mut values = Map::new();
        for (name, value) in pairs.0 {
            if values.insert(name.clone(), Value::from(value)).is_some() {
                return Err(invalid_query(&name, "must come once"));
            }
        }
        Fields::read(values).map(Self)
    }
}

fn invalid_query(field: &str, message: &str) -> Problem {
    Problem::invalid_fields(vec![FieldError {
        field: field.to_owned(),
        message: message.to_owned(),
    }])
}

/// The `Idempotency-Key`, if one was sent.
#[derive(Debug)]
pub struct Key(pub Option<IdempotencyKey>);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        const NAME: &str = "Idempotency-Key";
        let mut sent = parts.headers.get_all(NAME).iter();
        let Some(key) = sent.next() else {
            return Ok(Self(None));
        };
        if sent.next().is_some() {
            return Err(invalid_query(NAME, "must come once"));
        }
        IdempotencyKey::parse(key.as_bytes())
            .map(|key| Self(Some(key)))
            .map_err(|message| invalid_query(NAME, message))
    }
}
