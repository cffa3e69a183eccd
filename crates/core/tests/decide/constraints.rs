//! The check constraints of `migrations/0001_books.sql`.

use fairhold_core::fairness::Behavior;
use fairhold_core::inventory::Inventory;
use fairhold_core::ledger::{LedgerEntry, LedgerKind};
use fairhold_core::reservations::{Reservation, ReservationStatus};

pub(crate) fn check_inventory(row: &Inventory) {
    let (available, reserved) = (row.available_quantity, row.reserved_quantity);
    let sold = row.sold_quantity;
    let never_oversold = available >= 0 && reserved >= 0 && sold >= 0;
    assert!(never_oversold, "skus_never_oversold: {row:?}");
    let balance = available + reserved + sold == row.total_quantity;
    assert!(balance, "skus_books_balance: {row:?}");
    let line_is_counted = row.waitlist_size >= 0
        && row.waitlist_quantity >= row.waitlist_size
        && row.last_sequence >= row.waitlist_size;
    assert!(line_is_counted, "skus_line_is_counted: {row:?}");
    assert!(row.version >= 1, "skus_version_counts_from_one: {row:?}");
}

pub(crate) fn check_reservation(row: &Reservation) {
    let score = row.fairness.score;
    assert!(score > 0.0 && score <= 1.0, "reservations_score_in_range");
    let (held, waited) = (row.hold.is_some(), row.sequence.is_some());
    let fits = match row.status {
        ReservationStatus::Waitlisted => !held && waited,
        ReservationStatus::Cancelled => held || waited,
        ReservationStatus::Reserved | ReservationStatus::Confirmed | ReservationStatus::Expired => {
            held
        }
    };
    assert!(fits, "reservations_status_fits_the_hold: {row:?}");
}

pub(crate) fn check_behavior(row: &Behavior) {
    let counts = [row.confirmed_count, row.cancelled_count, row.expired_count];
    let counts = counts.iter().all(|&count| count >= 0);
    assert!(counts, "user_behavior_counts_not_negative: {row:?}");
    let weights = row.weights.confirmed >= 0.0 && row.weights.abandoned >= 0.0;
    assert!(weights, "user_behavior_weights_not_negative: {row:?}");
}

pub(crate) fn check_entry(row: &LedgerEntry) {
    let (quantity, deltas) = (row.quantity, row.deltas);
    let balance = deltas.available + deltas.reserved + deltas.sold == deltas.total;
    assert!(balance, "ledger_entries_balance: {row:?}");
    let of_stock = matches!(row.kind, LedgerKind::Initialized | LedgerKind::Restocked);
    let names = row.reservation_id.is_none() == of_stock;
    assert!(names, "ledger_kind_names_its_reservation: {row:?}");
    let owned = row.user_id.is_none() || row.reservation_id.is_some();
    assert!(owned, "ledger_user_is_that_of_a_reservation: {row:?}");
    let moved = (deltas.available, deltas.reserved, deltas.sold);
    let fits = match row.kind {
        LedgerKind::Initialized | LedgerKind::Restocked => {
            deltas.total == quantity && deltas.available == quantity
        }
        LedgerKind::Waitlisted => moved == (0, 0, 0),
        LedgerKind::Confirmed => moved == (0, -quantity, quantity),
        LedgerKind::Expired => moved == (quantity, -quantity, 0),
        LedgerKind::Cancelled => moved == (0, 0, 0) || moved == (quantity, -quantity, 0),
        LedgerKind::Reserved | LedgerKind::Promoted => moved == (-quantity, quantity, 0),
    };
    assert!(fits, "ledger_deltas_fit_the_kind: {row:?}");
}
