//! Which SKU a reservation is of, kept in memory: that never changes.

use std::sync::Arc;

use quick_cache::sync::Cache;
use sqlx::PgPool;

use super::{Reservation, ReservationId, history, store};
use crate::inventory::Sku;

/// How many reservations are remembered; about 10 MB of them.
const CAPACITY: usize = 100_000;

/// Tells the SKU of a reservation. It remembers the latest, so that who made one in this process may
/// check it out without another look at the database. A handle that may be cloned.
#[derive(Debug, Clone)]
pub struct KnownSkus {
    known: Arc<Cache<ReservationId, Sku>>,
    pool: PgPool,
}

impl KnownSkus {
    /// Knows none yet, and looks them up with `pool`.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        let known = Arc::new(Cache::new(CAPACITY));
        Self { known, pool }
    }

    /// Remembers a reservation that is in the books.
    pub fn remember(&self, reservation: &Reservation) {
        let sku = reservation.sku.clone();
        self.known.insert(reservation.reservation_id, sku);
    }

    /// The SKU of `id`; `None` when there is no such reservation. The history is asked last, and so
    /// only for what is checked out long after its end.
    pub async fn sku_of(&self, id: ReservationId) -> sqlx::Result<Option<Sku>> {
        if let Some(sku) = self.known.get(&id) {
            return Ok(Some(sku));
        }
        let mut sku = store::sku_of(&self.pool, id).await?;
        if sku.is_none() {
            sku = history::sku_of(&self.pool, id).await?;
        }
        if let Some(sku) = &sku {
            self.known.insert(id, sku.clone());
        }
        Ok(sku)
    }
}
