//! The tables in memory: written as the statements of the stores write, under the constraints of
//! the schema.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use fairhold_core::allocation::WriteSet;
use fairhold_core::fairness::Behavior;
use fairhold_core::idempotency::{KeyRecord, KeyScope, KeyedOutcome, KeyedRequest};
use fairhold_core::ids::{ReservationId, Sequence, Sku, UserId};
use fairhold_core::inventory::Inventory;
use fairhold_core::ledger::{Deltas, LedgerEntry, LedgerKind};
use fairhold_core::reservations::{Reservation, ReservationStatus};

use crate::constraints;

/// Every row there is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Tables {
    pub(crate) skus: BTreeMap<Sku, Inventory>,
    pub(crate) reservations: BTreeMap<(Sku, ReservationId), Reservation>,
    pub(crate) waitlist: BTreeMap<(Sku, Sequence), ReservationId>,
    pub(crate) behaviors: BTreeMap<(Sku, UserId), Behavior>,
    pub(crate) ledger: BTreeMap<Sku, Vec<LedgerEntry>>,
    pub(crate) keys: BTreeMap<(Sku, KeyScope), StoredKey>,
}

/// A row of the keys, with its two JSON columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredKey {
    request: String,
    outcome: String,
}

impl StoredKey {
    fn of(record: &KeyRecord) -> Self {
        Self {
            request: to_json(&record.request),
            outcome: to_json(&record.outcome),
        }
    }

    pub(crate) fn record(&self) -> KeyRecord {
        let request = serde_json::from_str::<KeyedRequest>(&self.request);
        let outcome = serde_json::from_str::<KeyedOutcome>(&self.outcome);
        match (request, outcome) {
            (Ok(request), Ok(outcome)) => KeyRecord { request, outcome },
            unreadable => panic!("a key can't be read back: {unreadable:?}"),
        }
    }
}

fn to_json(column: &impl serde::Serialize) -> String {
    serde_json::to_string(column).unwrap_or_else(|error| panic!("not JSON: {error}"))
}

impl Tables {
    /// Sets a SKU up with its first ledger row.
    pub(crate) fn initialize(&mut self, inventory: Inventory, units: i32, now: DateTime<Utc>) {
        let entry = LedgerEntry {
            sku: inventory.sku.clone(),
            entry: 1,
            kind: LedgerKind::Initialized,
            reservation_id: None,
            user_id: None,
            quantity: units,
            deltas: Deltas {
                available: units,
                total: units,
                ..Deltas::default()
            },
            recorded_at: now,
            reason: None,
            actor: None,
        };
        constraints::check_inventory(&inventory);
        constraints::check_entry(&entry);
        self.ledger.insert(inventory.sku.clone(), vec![entry]);
        self.skus.insert(inventory.sku.clone(), inventory);
    }

    /// Writes in the order of the transaction.
    pub(crate) fn write(&mut self, write_set: &WriteSet) {
        for changed in &write_set.updated_reservations {
            self.update_reservation(changed);
        }
        for new in &write_set.new_reservations {
            self.insert_reservation(new);
        }
        for place in &write_set.waitlist_leaves {
            let row = self.waitlist.remove(place);
            assert!(row.is_some(), "nobody waited at {place:?}");
        }
        for joined in &write_set.waitlist_joins {
            self.insert_place(joined);
        }
        for (sku, user_id, behavior) in &write_set.updated_behaviors {
            constraints::check_behavior(behavior);
            let row = (sku.clone(), user_id.clone());
            self.behaviors.insert(row, *behavior);
        }
        for entry in &write_set.ledger {
            self.append(entry);
        }
        for (sku, scope, record) in &write_set.new_keys {
            let row = (sku.clone(), scope.clone());
            let earlier = self.keys.insert(row, StoredKey::of(record));
            assert_eq!(earlier, None, "idempotency_keys_pkey: {scope:?}");
        }
        for inventory in &write_set.updated_inventories {
            self.update_sku(inventory);
        }
    }

    /// The one that waits or holds, as the unique index finds it.
    pub(crate) fn live(&self, sku: &Sku, user_id: &UserId) -> Option<&Reservation> {
        let mut of_sku = self.of_sku(sku);
        of_sku.find(|r| r.user_id == *user_id && r.status.is_live())
    }

    pub(crate) fn of_sku(&self, sku: &Sku) -> impl Iterator<Item = &Reservation> {
        self.reservations.values().filter(move |r| r.sku == *sku)
    }

    pub(crate) fn line(&self, sku: &Sku) -> impl Iterator<Item = (Sequence, ReservationId)> {
        let places = self.waitlist.iter().filter(move |row| row.0.0 == *sku);
        places.map(|((_, sequence), id)| (*sequence, *id))
    }

    fn update_reservation(&mut self, changed: &Reservation) {
        let key = (changed.sku.clone(), changed.reservation_id);
        let Some(row) = self.reservations.get_mut(&key) else {
            panic!("updates no row: {changed:?}");
        };
        row.status = changed.status;
        row.hold = changed.hold;
        row.updated_at = changed.updated_at;
        row.fairness = changed.fairness.clone();
        assert_eq!(row, changed, "a column changes that is never written again");
        constraints::check_reservation(row);
    }

    fn insert_reservation(&mut self, new: &Reservation) {
        constraints::check_reservation(new);
        if new.status.is_live() {
            let live = self.live(&new.sku, &new.user_id);
            assert_eq!(live, None, "reservations_one_live_per_user");
        }
        let key = (new.sku.clone(), new.reservation_id);
        let earlier = self.reservations.insert(key, new.clone());
        assert_eq!(earlier, None, "reservations_pkey");
    }

    fn insert_place(&mut self, joined: &Reservation) {
        let Some(sequence) = joined.sequence else {
            panic!("joins without a sequence: {joined:?}");
        };
        assert_eq!(joined.status, ReservationStatus::Waitlisted);
        let place = (joined.sku.clone(), sequence);
        let earlier = self.waitlist.insert(place, joined.reservation_id);
        assert_eq!(earlier, None, "waitlist_pkey: {sequence:?}");
    }

    fn append(&mut self, entry: &LedgerEntry) {
        constraints::check_entry(entry);
        let entries = self.ledger.entry(entry.sku.clone()).or_default();
        let last = entries.last().map_or(0, |last| last.entry);
        assert_eq!(entry.entry, last + 1, "the ledger has a gap");
        entries.push(entry.clone());
    }

    fn update_sku(&mut self, inventory: &Inventory) {
        constraints::check_inventory(inventory);
        let Some(row) = self.skus.get_mut(&inventory.sku) else {
            panic!("updates no row: {inventory:?}");
        };
        let written = Inventory {
            waitlist_limit: row.waitlist_limit,
            hold_ttl_seconds: row.hold_ttl_seconds,
            created_at: row.created_at,
            ..inventory.clone()
        };
        assert_eq!(
            written, *inventory,
            "a column changes that is never written"
        );
        *row = written;
    }
}
