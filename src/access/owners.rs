//! Whose a reservation is. It belongs behind the limits: to find it out may cost a look at the
//! database.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use quick_cache::sync::Cache;
use sqlx::PgPool;

use super::caller::{Caller, seen_by_gate};
use super::gate::need_of;
use super::needs::Need;
use super::store;
use crate::database::in_time;
use crate::http::{Around, Behind, Path, Problem, ReservationIdField};
use crate::reservations::{ReservationId, UserId};

/// How many reservations are remembered; about 3 MB of them.
const CAPACITY: usize = 20_000;

/// Lets a shopper to their own reservations alone. It remembers whose the latest are, which never
/// changes, so that a shopper who looks after theirs again and again costs no further look.
#[derive(Debug)]
pub struct Owners {
    known: Cache<ReservationId, UserId>,
    pool: PgPool,
}

impl Around for Owners {
    async fn around(self: Arc<Self>, request: Request, routes: impl Behind) -> Response {
        let (mut parts, body) = request.into_parts();
        match self.ensure_own(&mut parts).await {
            Ok(()) => routes.answer(Request::from_parts(parts, body)).await,
            Err(problem) => problem.into_response(),
        }
    }
}

impl Owners {
    /// Remembers none yet, and looks them up with `pool`.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        let known = Cache::new(CAPACITY);
        Self { known, pool }
    }

    /// Somebody else's reservation is as good as none.
    async fn ensure_own(&self, parts: &mut Parts) -> Result<(), Problem> {
        let Some(user) = seen_by_gate::<Caller>(parts)?.confined_to().cloned() else {
            return Ok(());
        };
        if need_of(parts)? != Need::Reservation {
            return Ok(());
        }
        // What is no id is told so, as the route would.
        let Path(ReservationIdField(id)) = Path::from_request_parts(parts, &()).await?;
        if in_time(self.is_of(id, &user)).await? {
            Ok(())
        } else {
            Err(Problem::unknown_reservation())
        }
    }

    /// Whether there is such a reservation, and it is `user`'s.
    async fn is_of(&self, id: ReservationId, user: &UserId) -> sqlx::Result<bool> {
        if let Some(owner) = self.known.get(&id) {
            return Ok(owner == *user);
        }
        let Some(owner) = store::owner_of(&self.pool, id).await? else {
            return Ok(false);
        };
        let is_of = owner == *user;
        self.known.insert(id, owner);
        Ok(is_of)
    }
}
