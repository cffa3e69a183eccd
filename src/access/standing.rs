//! How long what a caller was let in by holds, for answers that last.

use std::future::pending;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tokio::time::{Instant, sleep_until};

use super::caller::seen_by_gate;
use super::keyring::Keyring;
use super::secret::Digest;
use crate::http::Problem;

/// What a caller was let in by.
#[derive(Debug, Clone)]
pub enum Standing {
    /// Nobody asked who they are, and nobody will.
    Always,
    /// There was no key yet.
    Open(Keyring),
    /// The key of this hash.
    Key(Keyring, Digest),
    /// A token.
    Until(Instant),
}

impl Standing {
    /// Returns once it does not hold any more: within a second of the revocation of a key, or of the
    /// making of the first one; when a token has expired.
    pub async fn end(self) {
        match self {
            Self::Always => pending().await,
            Self::Open(keyring) => keyring.until_in_use().await,
            Self::Key(keyring, digest) => keyring.until_revoked(&digest).await,
            Self::Until(instant) => sleep_until(instant).await,
        }
    }
}

/// A request that did not come through the gate has no standing.
impl<S: Send + Sync> FromRequestParts<S> for Standing {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        seen_by_gate(parts).cloned()
    }
}
