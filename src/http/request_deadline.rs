//! Extracts the deadline that a request was given when it arrived.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::openapi::{Input, OperationBuilder};
use super::problem::Problem;
use crate::deadline::Deadline;

impl<S: Send + Sync> FromRequestParts<S> for Deadline {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get().copied().ok_or_else(|| {
            tracing::error!("a request has no deadline");
            Problem::internal()
        })
    }
}

/// It is not part of the request.
impl Input for Deadline {
    fn describe(_: &mut OperationBuilder<'_>) {}
}
