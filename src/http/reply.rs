//! Successful answers.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// The header that tells a stored outcome from a new one.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A JSON answer.
#[derive(Debug, Clone)]
pub struct Reply<T> {
    status: StatusCode,
    body: T,
    replayed: bool,
}

impl<T> Reply<T> {
    /// An answer with this status.
    #[must_use]
    pub fn new(status: StatusCode, body: T) -> Self {
        Self {
            status,
            body,
            replayed: false,
        }
    }

    /// 200.
    #[must_use]
    pub fn ok(body: T) -> Self {
        Self::new(StatusCode::OK, body)
    }

    /// The same, marked as the stored outcome of an earlier request if `replayed`.
    #[must_use]
    pub fn replayed(self, replayed: bool) -> Self {
        Self { replayed, ..self }
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (self.status, kind, json_bytes(&self.body)).into_response();
        if self.replayed {
            let headers = response.headers_mut();
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

/// `value` as JSON. Our answers are structs of plain fields, which can't fail to be written.
pub(super) fn json_bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
