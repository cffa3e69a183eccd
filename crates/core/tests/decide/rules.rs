//! The rules that always hold, proved from the tables and the ledger alone.

use std::collections::BTreeMap;

use fairhold_core::allocation::{Limits, WriteSet};
use fairhold_core::ids::{ReservationId, Sku, UserId};
use fairhold_core::inventory::Inventory;
use fairhold_core::ledger::{LedgerEntry, LedgerKind};
use fairhold_core::reservations::{Reservation, ReservationStatus};

use crate::tables::Tables;

/// Panics where rule 1, 2, 3, 4 or 7 of API.md is broken.
pub(crate) fn check(tables: &Tables) {
    for (sku, inventory) in &tables.skus {
        counters_tell_the_reservations(tables, inventory);
        no_stock_is_idle(tables, inventory);
        let mut replay = Replay::default();
        for entry in &tables.ledger[sku] {
            replay.step(tables, entry);
        }
        replay.equals(tables, sku);
    }
}

fn counters_tell_the_reservations(tables: &Tables, inventory: &Inventory) {
    let of_status = |status| {
        let reservations = tables.of_sku(&inventory.sku);
        reservations.filter(move |r| r.status == status)
    };
    let units = |status| -> i64 { of_status(status).map(|r| r.quantity.units()).sum() };
    assert_eq!(
        inventory.reserved_quantity,
        units(ReservationStatus::Reserved)
    );
    assert_eq!(inventory.sold_quantity, units(ReservationStatus::Confirmed));
    assert_eq!(
        inventory.waitlist_quantity,
        units(ReservationStatus::Waitlisted)
    );
    let waiting: BTreeMap<_, _> = of_status(ReservationStatus::Waitlisted)
        .map(|r| (r.sequence, r.reservation_id))
        .collect();
    let line: BTreeMap<_, _> = tables
        .line(&inventory.sku)
        .map(|(sequence, id)| (Some(sequence), id))
        .collect();
    assert_eq!(line, waiting, "the waitlist is not those who wait");
    assert_eq!(i64::try_from(line.len()), Ok(inventory.waitlist_size));
    let last = tables
        .of_sku(&inventory.sku)
        .filter_map(|r| r.sequence)
        .max();
    assert_eq!(inventory.last_sequence, last.map_or(0, |last| last.0));
}

fn no_stock_is_idle(tables: &Tables, inventory: &Inventory) {
    let unsold = inventory.total_quantity - inventory.sold_quantity;
    let line = tables.line(&inventory.sku);
    let mut line = line.map(|(_, id)| &tables.reservations[&(inventory.sku.clone(), id)]);
    if let Some(head) = line.find(|waiting| waiting.quantity.units() <= unsold) {
        let fits = head.quantity.units() <= inventory.available_quantity;
        assert!(!fits || inventory.serving, "{head:?} waits though it fits");
    }
}

/// Panics if a transaction promotes more than it may, or leaves a line to be served on that it could
/// have read to its end.
pub(crate) fn bounded(before: &Tables, write_set: &WriteSet, limits: Limits) {
    let limit = usize::try_from(limits.promotions).unwrap_or(0);
    for inventory in &write_set.updated_inventories {
        let count = |kind| {
            let entries = write_set.ledger.iter();
            let of_sku = entries.filter(|entry| entry.sku == inventory.sku);
            of_sku.filter(|entry| entry.kind == kind).count()
        };
        let promoted = count(LedgerKind::Promoted);
        assert!(promoted <= limit, "{promoted} promoted");
        let line = before.line(&inventory.sku).count() + count(LedgerKind::Waitlisted);
        let is_short = line < limit;
        assert!(
            !(inventory.serving && is_short),
            "{inventory:?} is served on"
        );
    }
}

/// What the rows of a SKU's ledger come to.
#[derive(Debug, Default)]
struct Replay {
    available: i64,
    reserved: i64,
    sold: i64,
    total: i64,
    statuses: BTreeMap<ReservationId, ReservationStatus>,
    line: Vec<ReservationId>,
    endings: BTreeMap<UserId, [i64; 3]>,
}

impl Replay {
    fn step(&mut self, tables: &Tables, entry: &LedgerEntry) {
        self.available += i64::from(entry.deltas.available);
        self.reserved += i64::from(entry.deltas.reserved);
        self.sold += i64::from(entry.deltas.sold);
        self.total += i64::from(entry.deltas.total);
        let counters = [self.available, self.reserved, self.sold];
        let in_stock = counters.iter().all(|&n| n >= 0);
        assert!(in_stock, "oversold by {entry:?}");
        if let Some(id) = entry.reservation_id {
            let reservation = &tables.reservations[&(entry.sku.clone(), id)];
            assert_eq!(entry.quantity, reservation.quantity.column());
            assert_eq!(entry.user_id.as_ref(), Some(&reservation.user_id));
            self.move_on(tables, reservation, entry);
        }
    }

    fn move_on(&mut self, tables: &Tables, reservation: &Reservation, entry: &LedgerEntry) {
        use ReservationStatus::{Cancelled, Confirmed, Expired, Reserved, Waitlisted};
        let id = reservation.reservation_id;
        let before = self.statuses.get(&id).copied();
        let ended = reservation
            .hold
            .is_some_and(|h| h.expires_at <= entry.recorded_at);
        let next = match (entry.kind, before) {
            (LedgerKind::Reserved, None) if !self.servable_waits(tables, entry, None) => Reserved,
            (LedgerKind::Waitlisted, None) => {
                self.line.push(id);
                Waitlisted
            }
            (LedgerKind::Promoted, Some(Waitlisted))
                if !self.servable_waits(tables, entry, Some(id)) =>
            {
                self.line.retain(|&waiting| waiting != id);
                Reserved
            }
            (LedgerKind::Cancelled, Some(Waitlisted)) if entry.deltas.available == 0 => {
                self.line.retain(|&waiting| waiting != id);
                Cancelled
            }
            (LedgerKind::Confirmed, Some(Reserved)) if !ended => Confirmed,
            (LedgerKind::Cancelled, Some(Reserved)) if !ended && entry.deltas.available > 0 => {
                Cancelled
            }
            (LedgerKind::Expired, Some(Reserved)) if ended => Expired,
            _ => panic!(
                "{entry:?} can't follow {before:?} while {:?} wait",
                self.line
            ),
        };
        if before == Some(Reserved) {
            let counts = self.endings.entry(reservation.user_id.clone()).or_default();
            counts[0] += i64::from(next == Confirmed);
            counts[1] += i64::from(next == Cancelled);
            counts[2] += i64::from(next == Expired);
        }
        self.statuses.insert(id, next);
    }

    /// Whether somebody ahead of `id`, or anybody for `None`, is to be served first.
    fn servable_waits(
        &self,
        tables: &Tables,
        entry: &LedgerEntry,
        id: Option<ReservationId>,
    ) -> bool {
        let ahead = self.line.iter().take_while(|&&waiting| Some(waiting) != id);
        let unsold = self.total - self.sold;
        let mut quantities = ahead.map(|&waiting| {
            let row = &tables.reservations[&(entry.sku.clone(), waiting)];
            row.quantity.units()
        });
        quantities.any(|quantity| quantity <= unsold)
    }

    fn equals(&self, tables: &Tables, sku: &Sku) {
        let inventory = &tables.skus[sku];
        let counters = (
            inventory.available_quantity,
            inventory.reserved_quantity,
            inventory.sold_quantity,
            inventory.total_quantity,
        );
        let replayed = (self.available, self.reserved, self.sold, self.total);
        assert_eq!(replayed, counters, "the ledger gives other counters");
        let entries = tables.ledger[sku].len();
        assert_eq!(i64::try_from(entries), Ok(inventory.version));
        let statuses = tables.of_sku(sku).map(|r| (r.reservation_id, r.status));
        assert_eq!(self.statuses, statuses.collect(), "other statuses");
        let line: Vec<_> = tables.line(sku).map(|(_, id)| id).collect();
        assert_eq!(self.line, line, "another line");
        let counts = tables.behaviors.iter().filter(|row| row.0.0 == *sku);
        let counts = counts.map(|((_, user_id), b)| {
            let counts = [b.confirmed_count, b.cancelled_count, b.expired_count];
            (user_id.clone(), counts)
        });
        assert_eq!(self.endings, counts.collect(), "other behavior");
    }
}
