//! Server-sent events.

use std::marker::PhantomData;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// Tells proxies not to buffer the stream.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// A stream of events whose data is a `T`.
#[derive(Debug)]
pub struct Events<T> {
    body: Body,
    shape: PhantomData<fn() -> T>,
}

impl<T> Events<T> {
    /// A stream with this body.
    #[must_use]
    pub fn new(body: Body) -> Self {
        Self {
            body,
            shape: PhantomData,
        }
    }
}

impl<T> IntoResponse for Events<T> {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, "text/event-stream"),
            (header::CACHE_CONTROL, "no-store"),
            (ACCEL_BUFFERING, "no"),
        ];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        (headers, self.body).into_response()
    }
}
