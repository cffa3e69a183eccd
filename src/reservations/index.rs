//! The SKU of a reservation, from a cache: it never changes.

use std::sync::Arc;

use fairhold_core::ids::{ReservationId, Sku};
use fairhold_core::reservations::Reservation;
use quick_cache::sync::Cache;
use sqlx::PgPool;

use super::{history, store};

/// How many reservations are cached, in about 10 MB.
const CAPACITY: usize = 100_000;

/// Finds the SKU of a reservation. The latest reservations are cached, so that checking one out in
/// the process that made it takes no further query. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct ReservationIndex {
    cache: Arc<Cache<ReservationId, Sku>>,
    pool: PgPool,
}

impl ReservationIndex {
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        let cache = Arc::new(Cache::new(CAPACITY));
        Self { cache, pool }
    }

    /// Caches a reservation that is committed.
    pub fn remember(&self, reservation: &Reservation) {
        let sku = reservation.sku.clone();
        self.cache.insert(reservation.reservation_id, sku);
    }

    /// The SKU of `id`; `None` if there is no such reservation. The history is read last, and so
    /// only for a checkout long after the end of the reservation.
    pub async fn sku_of(&self, id: ReservationId) -> sqlx::Result<Option<Sku>> {
        if let Some(sku) = self.cache.get(&id) {
            return Ok(Some(sku));
        }
        let mut sku = store::sku_of(&self.pool, id).await?;
        if sku.is_none() {
            sku = history::sku_of(&self.pool, id).await?;
        }
        if let Some(sku) = &sku {
            self.cache.insert(id, sku.clone());
        }
        Ok(sku)
    }
}
