//! What a transaction writes.

use crate::fairness::Behavior;
use crate::idempotency::{KeyRecord, KeyScope};
use crate::ids::{Sequence, Sku, UserId};
use crate::inventory::Inventory;
use crate::ledger::LedgerEntry;
use crate::reservations::Reservation;

/// All rows that a transaction writes. What begins and ends within it is netted out, except in the
/// ledger, which has every change.
#[derive(Debug, Clone, Default)]
pub struct WriteSet {
    pub updated_inventories: Vec<Inventory>,
    pub new_reservations: Vec<Reservation>,
    pub updated_reservations: Vec<Reservation>,
    /// Reservations that wait now and did not before.
    pub waitlist_joins: Vec<Reservation>,
    /// Waitlist rows to delete.
    pub waitlist_leaves: Vec<(Sku, Sequence)>,
    pub updated_behaviors: Vec<(Sku, UserId, Behavior)>,
    /// Every change, in order.
    pub ledger: Vec<LedgerEntry>,
    pub new_keys: Vec<(Sku, KeyScope, KeyRecord)>,
}
