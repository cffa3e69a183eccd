//! What a transaction did, in figures.

use crate::ledger::LedgerKind;
use crate::telemetry::metrics;

use super::command::{Outcome, ReserveError, RestockError};
use super::state::Changes;

/// Counts of what happened, to be told once it is durable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally {
    made: u64,
    promoted: u64,
    confirmed: u64,
    cancelled: u64,
    expired: u64,
    joined: u64,
    left: u64,
    sold_out: u64,
    exceeding: u64,
    insufficient: u64,
}

impl Tally {
    /// Counts `changes`, and the refusals among `outcomes`.
    pub(super) fn of(changes: &Changes, outcomes: &[Outcome]) -> Self {
        let mut tally = Self::default();
        for entry in &changes.ledger {
            match entry.kind {
                LedgerKind::Initialized | LedgerKind::Restocked => {}
                LedgerKind::Reserved => tally.made += 1,
                LedgerKind::Waitlisted => tally.joined += 1,
                LedgerKind::Promoted => tally.promoted += 1,
                LedgerKind::Confirmed => tally.confirmed += 1,
                LedgerKind::Cancelled if entry.deltas.reserved == 0 => tally.left += 1,
                LedgerKind::Cancelled => tally.cancelled += 1,
                LedgerKind::Expired => tally.expired += 1,
            }
        }
        for outcome in outcomes {
            match outcome {
                Outcome::Reserve(Err(ReserveError::SoldOut)) => tally.sold_out += 1,
                Outcome::Reserve(Err(ReserveError::ExceedsTotal { .. })) => tally.exceeding += 1,
                Outcome::Restock(Err(RestockError::InsufficientStock { .. })) => {
                    tally.insufficient += 1;
                }
                Outcome::Reserve(_)
                | Outcome::Confirm(_)
                | Outcome::Cancel(_)
                | Outcome::Restock(_)
                | Outcome::Expire(_)
                | Outcome::Deferred => {}
            }
        }
        tally
    }

    /// Adds it to the metrics.
    pub(super) fn tell(&self) {
        let metrics = metrics();
        let holds = [
            ("made", self.made),
            ("promoted", self.promoted),
            ("confirmed", self.confirmed),
            ("cancelled", self.cancelled),
            ("expired", self.expired),
        ];
        for (event, count) in happened(holds) {
            metrics.holds(event, count);
        }
        for (event, count) in happened([("joined", self.joined), ("left", self.left)]) {
            metrics.waitlist(event, count);
        }
        let refused = [
            ("sold-out", self.sold_out),
            ("exceeds-total", self.exceeding),
            ("insufficient-stock", self.insufficient),
        ];
        for (code, count) in happened(refused) {
            metrics.refused(code, count);
        }
    }
}

/// Those of `counts` that are to be told: most transactions do one kind of thing.
fn happened<const N: usize>(
    counts: [(&'static str, u64); N],
) -> impl Iterator<Item = (&'static str, u64)> {
    counts.into_iter().filter(|(_, count)| *count > 0)
}
