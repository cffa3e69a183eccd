//! Who sent a request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::model::{Actor, Scope};
use crate::http::Problem;
use crate::reservations::UserId;

/// Who sent a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Nobody in particular: no credential was needed.
    Anyone,
    /// The holder of an API key.
    Key {
        /// The name of the key in the ledger.
        actor: Actor,
        scope: Scope,
    },
    /// A shopper, by a token of the shop's identity provider.
    User {
        /// The name of the shopper in the ledger.
        actor: Actor,
        user_id: UserId,
    },
}

impl Caller {
    #[must_use]
    pub fn user(user_id: UserId) -> Self {
        Self::User {
            actor: Actor::user(&user_id),
            user_id,
        }
    }

    /// Who the ledger names; `None` for a caller without a credential.
    #[must_use]
    pub fn actor(&self) -> Option<Actor> {
        match self {
            Self::Anyone => None,
            Self::Key { actor, .. } | Self::User { actor, .. } => Some(actor.clone()),
        }
    }

    /// The shopper to whose own data the caller is limited; `None` for others.
    #[must_use]
    pub fn confined_to(&self) -> Option<&UserId> {
        match self {
            Self::Anyone | Self::Key { .. } => None,
            Self::User { user_id, .. } => Some(user_id),
        }
    }

    /// Whether the caller may see and change what belongs to `owner`.
    #[must_use]
    pub fn may_act_for(&self, owner: &UserId) -> bool {
        self.confined_to().is_none_or(|own| own == owner)
    }
}

/// Fails for a request that did not pass the [`AuthLayer`](super::AuthLayer).
impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        set_by_auth_layer(parts).cloned()
    }
}

/// A request extension of the authentication layer.
pub(super) fn set_by_auth_layer<T: Send + Sync + 'static>(parts: &Parts) -> Result<&T, Problem> {
    parts.extensions.get().ok_or_else(|| {
        tracing::error!("a request bypassed authentication");
        Problem::internal()
    })
}
