//! Caches which SKU a reservation belongs to, which never changes.

use std::sync::Arc;

use quick_cache::sync::Cache;
use sqlx::PgPool;

use super::{Reservation, ReservationId, history, store};
use crate::inventory::Sku;

/// How many reservations are cached; about 10 MB of them.
const CAPACITY: usize = 100_000;

/// Finds the SKU of a reservation. A reservation that was made in this process is checked out without
/// another query. Clones share the cache.
#[derive(Debug, Clone)]
pub struct ReservationIndex {
    skus: Arc<Cache<ReservationId, Sku>>,
    pool: PgPool,
}

impl ReservationIndex {
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        let skus = Arc::new(Cache::new(CAPACITY));
        Self { skus, pool }
    }

    /// Caches a committed reservation.
    pub fn insert(&self, reservation: &Reservation) {
        let sku = reservation.sku.clone();
        self.skus.insert(reservation.reservation_id, sku);
    }

    /// The SKU of `id`; `None` if there is no such reservation. The history is queried last: it matters
    /// only for a checkout long after the reservation has ended.
    pub async fn sku_of(&self, id: ReservationId) -> sqlx::Result<Option<Sku>> {
        if let Some(sku) = self.skus.get(&id) {
            return Ok(Some(sku));
        }
        let mut sku = store::sku_of(&self.pool, id).await?;
        if sku.is_none() {
            sku = history::sku_of(&self.pool, id).await?;
        }
        if let Some(sku) = &sku {
            self.skus.insert(id, sku.clone());
        }
        Ok(sku)
    }
}
