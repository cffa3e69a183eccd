//! Who asks.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::model::{Actor, Scope};
use crate::http::Problem;
use crate::reservations::UserId;

/// Whoever sent a request, as far as the gate knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Somebody who did not have to say.
    Anyone,
    /// Whoever holds an API key.
    Key {
        /// As the ledger names it.
        actor: Actor,
        /// What it may do.
        scope: Scope,
    },
    /// A shopper, by a token of the shop's identity provider.
    User {
        /// As the ledger names them.
        actor: Actor,
        /// Who they are.
        user_id: UserId,
    },
}

impl Caller {
    /// A shopper.
    #[must_use]
    pub fn user(user_id: UserId) -> Self {
        Self::User {
            actor: Actor::user(&user_id),
            user_id,
        }
    }

    /// For the ledger; `None` where nobody had to say.
    #[must_use]
    pub fn actor(&self) -> Option<Actor> {
        match self {
            Self::Anyone => None,
            Self::Key { actor, .. } | Self::User { actor, .. } => Some(actor.clone()),
        }
    }

    /// The shopper whose reservations are all that there is for this caller; `None` for others.
    #[must_use]
    pub fn confined_to(&self) -> Option<&UserId> {
        match self {
            Self::Anyone | Self::Key { .. } => None,
            Self::User { user_id, .. } => Some(user_id),
        }
    }

    /// Whether what is `whose` is any business of this caller.
    #[must_use]
    pub fn may_act_for(&self, whose: &UserId) -> bool {
        self.confined_to().is_none_or(|own| own == whose)
    }
}

/// A request that did not come through the gate is nobody's.
impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        seen_by_gate(parts).cloned()
    }
}

/// What the gate has found out about whoever sent a request.
pub(super) fn seen_by_gate<T: Send + Sync + 'static>(parts: &Parts) -> Result<&T, Problem> {
    parts.extensions.get().ok_or_else(|| {
        tracing::error!("a request has passed by the gate");
        Problem::internal()
    })
}
