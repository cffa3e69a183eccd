//! One locked SKU, as far as a transaction needs it.

mod transitions;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::limits::Limits;
use super::write_set::WriteSet;
use crate::idempotency::{KeyRecord, KeyScope};
use crate::ids::{ReservationId, Sequence, UserId};
use crate::inventory::Inventory;
use crate::ledger::LedgerEntry;
use crate::reservations::{Reservation, ReservationStatus};
use crate::waitlist::WaitlistPosition;

/// The counters of one SKU, its reservations as far as they are loaded, and what has changed.
#[derive(Debug, Clone)]
pub struct SkuState {
    /// The counters, updated with each transition.
    inventory: Inventory,
    /// Whether the transaction before stopped at its bound.
    was_serving: bool,
    /// Whether more holds may be due than were loaded.
    pub(super) more_due: bool,
    /// Whether commands may be deferred that want the stock of holds that were not loaded.
    pub(super) may_defer: bool,
    reservations: HashMap<ReservationId, Reservation>,
    live: HashMap<UserId, ReservationId>,
    /// The waitlist from its head on, with quantities, as far as stock that comes free can reach.
    /// Those that are not servable, whatever the commands do, are missing.
    waitlist: BTreeMap<Sequence, (ReservationId, i64)>,
    /// How far the waitlist was read; `None` means to its end.
    read_through: Option<Sequence>,
    limits: Limits,
    /// Promotions so far.
    promoted: i64,
    /// Positions when the transaction began.
    positions: HashMap<Sequence, i64>,
    keys: HashMap<KeyScope, KeyRecord>,
    created: BTreeSet<ReservationId>,
    updated: BTreeSet<ReservationId>,
    joined: BTreeSet<Sequence>,
    left: BTreeSet<Sequence>,
    new_keys: BTreeSet<KeyScope>,
    ledger: Vec<LedgerEntry>,
}

/// Loading: what the transaction has read.
impl SkuState {
    #[must_use]
    pub fn new(inventory: Inventory, limits: Limits) -> Self {
        Self {
            was_serving: inventory.serving,
            inventory,
            more_due: false,
            may_defer: true,
            reservations: HashMap::new(),
            live: HashMap::new(),
            waitlist: BTreeMap::new(),
            read_through: None,
            limits,
            promoted: 0,
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

    /// Whether a command that lacks stock is deferred until the other due holds have ended.
    pub(super) fn defers(&self) -> bool {
        self.more_due && self.may_defer
    }

    pub fn load(&mut self, reservation: Reservation) {
        let id = reservation.reservation_id;
        if reservation.status.is_live() {
            self.live.insert(reservation.user_id.clone(), id);
        }
        self.reservations.insert(id, reservation);
    }

    /// Loads the next of the waitlist. Callers load it from its head on, and leave out only those
    /// that the commands can't make servable.
    ///
    /// # Panics
    /// When the reservation does not wait at `sequence`.
    pub fn load_waiting(&mut self, sequence: Sequence, reservation: Reservation) {
        let id = reservation.reservation_id;
        assert!(
            reservation.status == ReservationStatus::Waitlisted
                && reservation.sequence == Some(sequence),
            "reservation {id} has the waitlist's sequence {} but is {} with {:?}",
            sequence.0,
            reservation.status.name(),
            reservation.sequence,
        );
        let quantity = reservation.quantity.units();
        self.waitlist.insert(sequence, (id, quantity));
        self.load(reservation);
    }

    pub(super) fn set_read_through(&mut self, sequence: Option<Sequence>) {
        self.read_through = sequence;
    }

    pub fn load_position(&mut self, sequence: Sequence, position: i64) {
        self.positions.insert(sequence, position);
    }

    pub fn load_key(&mut self, scope: KeyScope, record: KeyRecord) {
        self.keys.insert(scope, record);
    }
}

/// Looking things up.
impl SkuState {
    #[must_use]
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// The loaded reservations.
    pub fn reservations(&self) -> impl Iterator<Item = &Reservation> {
        self.reservations.values()
    }

    pub(super) fn reservation(&self, id: ReservationId) -> Option<&Reservation> {
        self.reservations.get(&id)
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// How far the waitlist was read; `None` means to its end.
    #[must_use]
    pub fn read_through(&self) -> Option<Sequence> {
        self.read_through
    }

    /// The first servable reservation that waits, with its quantity, as far as the waitlist was
    /// read.
    fn head(&self) -> Option<(ReservationId, i64)> {
        let unsold = self.inventory.unsold_quantity();
        let read = self.waitlist.iter().take_while(|(sequence, _)| {
            self.read_through
                .is_none_or(|through| **sequence <= through)
        });
        let mut servable = read.filter(|(_, (_, quantity))| *quantity <= unsold);
        servable.next().map(|(_, waiting)| *waiting)
    }

    /// Whether somebody who waits is served before a newcomer. Those who were not read may be.
    pub(super) fn servable_waits(&self) -> bool {
        self.read_through.is_some() || self.head().is_some()
    }

    pub(super) fn live_reservation(&self, user_id: &UserId) -> Option<&Reservation> {
        let id = self.live.get(user_id)?;
        Some(self.loaded(*id))
    }

    pub(super) fn key(&self, scope: &KeyScope) -> Option<&KeyRecord> {
        self.keys.get(scope)
    }

    /// Where `reservation` stands in the waitlist; `None` if it does not wait.
    pub(super) fn position(&self, reservation: &Reservation) -> Option<WaitlistPosition> {
        if reservation.status != ReservationStatus::Waitlisted {
            return None;
        }
        let sequence = sequence_of(reservation);
        let servable = reservation.quantity.units() <= self.inventory.unsold_quantity();
        let position = if self.joined.contains(&sequence) {
            self.inventory.waitlist_size - count(self.joined.range(sequence..)) + 1
        } else {
            let Some(position) = self.positions.get(&sequence) else {
                panic!(
                    "the position of {} is not loaded",
                    reservation.reservation_id
                );
            };
            position - count(self.left.range(..sequence))
        };
        Some(WaitlistPosition {
            sequence,
            position,
            servable,
        })
    }

    /// A reservation that must be loaded.
    fn loaded(&self, id: ReservationId) -> &Reservation {
        let Some(reservation) = self.reservations.get(&id) else {
            panic!("reservation {id} is not loaded");
        };
        reservation
    }
}

/// Writing.
impl SkuState {
    /// Adds the rows of this SKU that are to be written.
    pub(super) fn write_into(mut self, write_set: &mut WriteSet) {
        let sku = self.inventory.sku.clone();
        for id in &self.created {
            let new = take(&mut self.reservations, *id);
            if new.status == ReservationStatus::Waitlisted {
                write_set.waitlist_joins.push(new.clone());
            }
            write_set.new_reservations.push(new);
        }
        for id in &self.updated {
            let updated = take(&mut self.reservations, *id);
            write_set.updated_reservations.push(updated);
        }
        for scope in self.new_keys {
            let Some(record) = self.keys.remove(&scope) else {
                panic!("the record of the key {} is lost", scope.1);
            };
            write_set.new_keys.push((sku.clone(), scope, record));
        }
        let left = self.left.into_iter();
        let left = left.map(|sequence| (sku.clone(), sequence));
        write_set.waitlist_leaves.extend(left);
        if !self.ledger.is_empty() || self.inventory.serving != self.was_serving {
            write_set.updated_inventories.push(self.inventory);
        }
        write_set.ledger.extend(self.ledger);
    }
}

/// The sequence of a reservation that waits.
fn sequence_of(waiting: &Reservation) -> Sequence {
    let Some(sequence) = waiting.sequence else {
        panic!(
            "reservation {} waits without a sequence",
            waiting.reservation_id
        );
    };
    sequence
}

fn take(reservations: &mut HashMap<ReservationId, Reservation>, id: ReservationId) -> Reservation {
    let Some(reservation) = reservations.remove(&id) else {
        panic!("reservation {id} is to be written but is not loaded");
    };
    reservation
}

fn count<T>(items: impl IntoIterator<Item = T>) -> i64 {
    items.into_iter().map(|_| 1).sum()
}
