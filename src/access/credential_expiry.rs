//! When a caller's credential expires, so that streams can end with it.

use std::future::pending;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tokio::time::{Instant, sleep_until};

use super::api_key_cache::ApiKeyCache;
use super::caller::set_by_auth_layer;
use super::secret::SecretHash;
use crate::http::Problem;

/// When a caller's credential expires.
#[derive(Debug, Clone)]
pub enum CredentialExpiry {
    /// No credential is needed, now or later.
    Never,
    /// No credential was needed, since there was no API key yet.
    FirstKey(ApiKeyCache),
    /// When the API key of this hash is revoked.
    Key(ApiKeyCache, SecretHash),
    /// When a token expires.
    At(Instant),
}

impl CredentialExpiry {
    /// Returns once the credential has expired: within a second of the revocation of a key, or of the
    /// creation of the first one.
    pub async fn expired(self) {
        match self {
            Self::Never => pending().await,
            Self::FirstKey(keys) => keys.until_in_use().await,
            Self::Key(keys, hash) => keys.until_revoked(&hash).await,
            Self::At(instant) => sleep_until(instant).await,
        }
    }
}

/// Fails for a request that did not pass the [`AuthLayer`](super::AuthLayer).
impl<S: Send + Sync> FromRequestParts<S> for CredentialExpiry {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        set_by_auth_layer(parts).cloned()
    }
}
