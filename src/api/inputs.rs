//! Inputs of handlers beyond body, path, query and state.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::access::{Caller, CredentialExpiry};
use crate::http::{Input, OperationBuilder, Problem, ProblemType};
use crate::idempotency::IdempotencyKey;
use crate::limits::RequestCost;

/// Authentication is documented once, for all routes.
impl Input for Caller {
    fn describe(_: &mut OperationBuilder<'_>) {}
}

/// It ends a stream, and refuses none.
impl Input for CredentialExpiry {
    fn describe(_: &mut OperationBuilder<'_>) {}
}

/// Rate limits are documented once, for all routes.
impl Input for RequestCost {
    fn describe(_: &mut OperationBuilder<'_>) {}
}

/// The header `Idempotency-Key`, if it was sent.
#[derive(Debug)]
pub(super) struct Key(pub(super) Option<IdempotencyKey>);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        const NAME: &str = "Idempotency-Key";
        let mut sent = parts.headers.get_all(NAME).iter();
        let Some(key) = sent.next() else {
            return Ok(Self(None));
        };
        if sent.next().is_some() {
            return Err(Problem::invalid_field(NAME, "must come once"));
        }
        IdempotencyKey::parse(key.as_bytes())
            .map(|key| Self(Some(key)))
            .map_err(|message| Problem::invalid_field(NAME, message))
    }
}

impl Input for Key {
    fn describe(operation: &mut OperationBuilder<'_>) {
        operation.request_header("Idempotency-Key");
        operation.success_header("Idempotency-Replayed");
        operation.problems(&[
            ProblemType::ValidationFailed,
            ProblemType::IdempotencyKeyReused,
        ]);
    }
}
