//! What a transaction knows before it decides.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::behaviors::Behaviors;
use super::sku_state::SkuState;
use super::write_set::WriteSet;
use crate::ids::Sku;
use crate::inventory::Inventory;
use crate::reservations::Reservation;

/// All SKUs that a transaction has locked, as of one instant. The default has none.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The database's clock, read under the locks.
    pub now: DateTime<Utc>,
    /// The locked SKUs. One that does not exist is missing.
    pub skus: BTreeMap<Sku, SkuState>,
    pub behaviors: Behaviors,
}

impl Snapshot {
    /// The locked SKUs with the reservations that were read for them. At most `due_limit` due holds
    /// of each were read; exactly as many mean that there may be more.
    ///
    /// # Panics
    /// When a reservation belongs to a SKU that is not locked.
    #[must_use]
    pub fn new(
        now: DateTime<Utc>,
        inventories: impl IntoIterator<Item = Inventory>,
        reservations: impl IntoIterator<Item = Reservation>,
        due_limit: usize,
    ) -> Self {
        let state = |inventory: Inventory| (inventory.sku.clone(), SkuState::new(inventory));
        let mut skus: BTreeMap<_, _> = inventories.into_iter().map(state).collect();
        for reservation in reservations {
            let Some(state) = skus.get_mut(&reservation.sku) else {
                panic!(
                    "reservation {} is of a SKU that is not locked",
                    reservation.reservation_id
                );
            };
            state.load(reservation);
        }
        for state in skus.values_mut() {
            let due = state.reservations().filter(|r| r.is_due_at(now)).count();
            state.more_due = due >= due_limit;
        }
        Self {
            now,
            skus,
            behaviors: Behaviors::default(),
        }
    }

    /// The state of a locked SKU.
    ///
    /// # Panics
    /// When the SKU is not locked.
    pub fn sku_mut(&mut self, sku: &Sku) -> &mut SkuState {
        let Some(state) = self.skus.get_mut(sku) else {
            panic!("SKU {sku} is not locked");
        };
        state
    }

    /// Has commands on this SKU answered by the holds that were read, also when more are due.
    pub fn defer_nothing(&mut self, sku: &Sku) {
        // A SKU that does not exist defers nothing anyway.
        if let Some(state) = self.skus.get_mut(sku) {
            state.may_defer = false;
        }
    }

    /// How many reservations were read.
    #[must_use]
    pub fn reservation_count(&self) -> usize {
        let of_each = self.skus.values().map(|state| state.reservations().count());
        of_each.sum()
    }

    /// What is to be written after all decisions.
    pub(super) fn into_write_set(self) -> WriteSet {
        let mut write_set = WriteSet {
            updated_behaviors: self.behaviors.into_changed(),
            ..WriteSet::default()
        };
        for state in self.skus.into_values() {
            state.write_into(&mut write_set);
        }
        write_set
    }
}
