//! Successful responses in JSON.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::problem::Problem;

/// The header of a response that repeats a stored outcome.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A JSON response.
#[derive(Debug, Clone)]
pub struct Reply<T> {
    status: StatusCode,
    body: T,
    replayed: bool,
}

impl<T> Reply<T> {
    /// A response with this status.
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

    /// Marks the response as a stored outcome if `replayed`.
    #[must_use]
    pub fn replayed(self, replayed: bool) -> Self {
        Self { replayed, ..self }
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let json = match serde_json::to_vec(&self.body) {
            Ok(json) => json,
            Err(error) => {
                tracing::error!(%error, "cannot serialize a response");
                return Problem::internal().into_response();
            }
        };
        let content_type = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (self.status, content_type, json).into_response();
        if self.replayed {
            let headers = response.headers_mut();
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use axum::response::IntoResponse;
    use serde::{Serialize, Serializer, ser::Error};

    use super::Reply;

    struct Unserializable;

    impl Serialize for Unserializable {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("no"))
        }
    }

    #[test]
    fn a_response_that_cannot_be_serialized_is_an_internal_error() {
        let response = Reply::ok(Unserializable).into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
