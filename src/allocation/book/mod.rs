//! The books of one locked SKU, as far as a transaction needs them.

mod steps;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::access::Actor;
use crate::fairness::Policy;
use crate::idempotency::KeyRecord;
use crate::inventory::Inventory;
use crate::ledger::LedgerEntry;
use crate::reservations::{Reservation, ReservationId, ReservationStatus, UserId};
use crate::waitlist::{Place, Sequence};

use super::state::{Behaviors, Changes, KeyScope};

/// What all SKUs of a transaction share while it decides.
#[derive(Debug)]
pub(in crate::allocation) struct Desk<'a> {
    /// The instant of the transaction.
    pub(in crate::allocation) now: DateTime<Utc>,
    /// The rules of fairness.
    pub(in crate::allocation) policy: &'a Policy,
    /// The users' behaviour.
    pub(in crate::allocation) behaviors: &'a mut Behaviors,
    /// On whose account the next steps are taken.
    pub(in crate::allocation) actor: Option<Actor>,
}

/// One SKU, its reservations as far as they are loaded, and the steps taken so far.
#[derive(Debug, Clone)]
pub struct SkuBook {
    /// The counters, kept with each step.
    pub(in crate::allocation) inventory: Inventory,
    /// Whether more holds may be due than were loaded.
    pub(in crate::allocation) more_due: bool,
    reservations: HashMap<ReservationId, Reservation>,
    live: HashMap<UserId, ReservationId>,
    line: BTreeMap<Sequence, ReservationId>,
    positions: HashMap<Sequence, i64>,
    keys: HashMap<KeyScope, KeyRecord>,
    created: BTreeSet<ReservationId>,
    updated: BTreeSet<ReservationId>,
    joined: BTreeSet<Sequence>,
    left: BTreeSet<Sequence>,
    new_keys: BTreeSet<KeyScope>,
    ledger: Vec<LedgerEntry>,
}

/// Loading: what the transaction read.
impl SkuBook {
    /// Opens the books of a SKU.
    #[must_use]
    pub fn new(inventory: Inventory) -> Self {
        Self {
            inventory,
            more_due: false,
            reservations: HashMap::new(),
            live: HashMap::new(),
            line: BTreeMap::new(),
            positions: HashMap::new(),
            keys: HashMap::new(),
            created: BTreeSet::new(),
            updated: BTreeSet::new(),
            joined: BTreeSet::new(),
            left: BTreeSet::new(),
            new_keys: BTreeSet::new(),
            ledger: Vec::new(),
        }
    }

    /// The counters.
    #[must_use]
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// Takes in a reservation.
    pub fn load(&mut self, reservation: Reservation) {
        let id = reservation.reservation_id;
        if reservation.status.is_live() {
            self.live.insert(reservation.user_id.clone(), id);
        }
        self.reservations.insert(id, reservation);
    }

    /// Takes in a waiting reservation at the head of the line. Whoever loads the line loads it
    /// from the head on, without a gap, and as far as the stock that may come free can reach.
    pub fn load_line(&mut self, sequence: Sequence, reservation: Reservation) {
        self.line.insert(sequence, reservation.reservation_id);
        self.load(reservation);
    }

    /// Takes in the position of a waiting reservation.
    pub fn load_position(&mut self, sequence: Sequence, position: i64) {
        self.positions.insert(sequence, position);
    }

    /// Takes in a key that took effect.
    pub fn load_key(&mut self, scope: KeyScope, record: KeyRecord) {
        self.keys.insert(scope, record);
    }

    /// The loaded reservations.
    pub fn reservations(&self) -> impl Iterator<Item = &Reservation> {
        self.reservations.values()
    }
}

/// Looking things up.
impl SkuBook {
    pub(in crate::allocation) fn reservation(&self, id: ReservationId) -> Option<&Reservation> {
        self.reservations.get(&id)
    }

    pub(in crate::allocation) fn live_reservation(&self, user_id: &UserId) -> Option<&Reservation> {
        self.reservations.get(self.live.get(user_id)?)
    }

    pub(in crate::allocation) fn key(&self, scope: &KeyScope) -> Option<&KeyRecord> {
        self.keys.get(scope)
    }

    /// Where `reservation` stands in the line; `None` if it does not wait.
    pub(in crate::allocation) fn place(&self, reservation: &Reservation) -> Option<Place> {
        let sequence = reservation.sequence?;
        if reservation.status != ReservationStatus::Waitlisted {
            return None;
        }
        let position = if self.joined.contains(&sequence) {
            self.inventory.waitlist_size - count(self.joined.range(sequence..)) + 1
        } else {
            self.positions.get(&sequence)? - count(self.left.range(..sequence))
        };
        Some(Place { sequence, position })
    }
}

/// Writing down.
impl SkuBook {
    /// Adds what this SKU's row, reservations, line, ledger and keys need written.
    pub(in crate::allocation) fn write_into(mut self, changes: &mut Changes) {
        let sku = self.inventory.sku.clone();
        for id in &self.created {
            let Some(new) = self.reservations.remove(id) else {
                continue;
            };
            if new.status == ReservationStatus::Waitlisted {
                changes.joined.push(new.clone());
            }
            changes.created.push(new);
        }
        for id in &self.updated {
            changes.updated.extend(self.reservations.remove(id));
        }
        for scope in self.new_keys {
            if let Some(record) = self.keys.remove(&scope) {
                changes.keys.push((sku.clone(), scope, record));
            }
        }
        let left = self.left.into_iter();
        changes.left.extend(left.map(|place| (sku.clone(), place)));
        if !self.ledger.is_empty() {
            changes.inventories.push(self.inventory);
        }
        changes.ledger.extend(self.ledger);
    }
}

fn count<T>(items: impl IntoIterator<Item = T>) -> i64 {
    i64::try_from(items.into_iter().count()).unwrap_or(i64::MAX)
}
