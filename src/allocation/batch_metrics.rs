//! Counts of what a transaction did.

use fairhold_core::allocation::{Outcome, ReserveError, RestockError, WriteSet};
use fairhold_core::ledger::LedgerKind;

use crate::telemetry::metrics;

/// Added to the metrics once the transaction is durable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct BatchMetrics {
    reserved: u64,
    promoted: u64,
    confirmed: u64,
    cancelled: u64,
    expired: u64,
    joined_waitlist: u64,
    left_waitlist: u64,
    sold_out: u64,
    exceeds_total: u64,
    insufficient_stock: u64,
}

impl BatchMetrics {
    pub(super) fn of(write_set: &WriteSet, outcomes: &[Outcome]) -> Self {
        let mut counts = Self::default();
        for entry in &write_set.ledger {
            match entry.kind {
                LedgerKind::Initialized | LedgerKind::Restocked => {}
                LedgerKind::Reserved => counts.reserved += 1,
                LedgerKind::Waitlisted => counts.joined_waitlist += 1,
                LedgerKind::Promoted => counts.promoted += 1,
                LedgerKind::Confirmed => counts.confirmed += 1,
                LedgerKind::Cancelled if entry.deltas.reserved == 0 => counts.left_waitlist += 1,
                LedgerKind::Cancelled => counts.cancelled += 1,
                LedgerKind::Expired => counts.expired += 1,
            }
        }
        for outcome in outcomes {
            match outcome {
                Outcome::Reserve(Err(ReserveError::SoldOut { .. })) => counts.sold_out += 1,
                Outcome::Reserve(Err(ReserveError::ExceedsTotal { .. })) => {
                    counts.exceeds_total += 1;
                }
                Outcome::Restock(Err(RestockError::InsufficientStock { .. })) => {
                    counts.insufficient_stock += 1;
                }
                Outcome::Reserve(_)
                | Outcome::Confirm(_)
                | Outcome::Cancel(_)
                | Outcome::Restock(_)
                | Outcome::Expire(_)
                | Outcome::Deferred => {}
            }
        }
        counts
    }

    pub(super) fn record(&self) {
        let metrics = metrics();
        let holds = [
            ("made", self.reserved),
            ("promoted", self.promoted),
            ("confirmed", self.confirmed),
            ("cancelled", self.cancelled),
            ("expired", self.expired),
        ];
        for (event, count) in nonzero(holds) {
            metrics.holds(event, count);
        }
        let waitlist = [
            ("joined", self.joined_waitlist),
            ("left", self.left_waitlist),
        ];
        for (event, count) in nonzero(waitlist) {
            metrics.waitlist(event, count);
        }
        let refused = [
            ("sold-out", self.sold_out),
            ("exceeds-total", self.exceeds_total),
            ("insufficient-stock", self.insufficient_stock),
        ];
        for (code, count) in nonzero(refused) {
            metrics.refused(code, count);
        }
    }
}

/// Most transactions do one kind of thing: the other counters need not be touched.
fn nonzero<const N: usize>(
    counts: [(&'static str, u64); N],
) -> impl Iterator<Item = (&'static str, u64)> {
    counts.into_iter().filter(|(_, count)| *count > 0)
}
