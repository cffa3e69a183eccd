//! Whose a reservation is, kept in memory: that never changes.

use std::sync::Arc;

use quick_cache::sync::Cache;
use sqlx::PgPool;

use super::store;
use crate::reservations::{ReservationId, UserId};

/// How many reservations are remembered; about 3 MB of them.
const CAPACITY: usize = 20_000;

/// Tells whose a reservation is. It remembers the latest, so that a shopper who looks after theirs
/// again and again costs no further look at the database.
#[derive(Debug, Clone)]
pub(super) struct Owners {
    known: Arc<Cache<ReservationId, UserId>>,
    pool: PgPool,
}

impl Owners {
    pub(super) fn new(pool: PgPool) -> Self {
        let known = Arc::new(Cache::new(CAPACITY));
        Self { known, pool }
    }

    /// Whether there is such a reservation, and it is `user`'s.
    pub(super) async fn is_of(&self, id: ReservationId, user: &UserId) -> sqlx::Result<bool> {
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
