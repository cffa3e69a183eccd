//! What tells whether a transaction was committed whose answer was lost.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::idempotency::{self, Endpoint, IdempotencyKey};
use crate::inventory::Sku;
use crate::ledger;

use super::command::Outcome;
use super::state::Changes;
use super::tally::Tally;

/// The outcomes of a transaction, to be told if it proves to have been committed.
#[derive(Debug, Clone)]
pub(super) struct Receipt {
    proof: Proof,
    at: DateTime<Utc>,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) tally: Tally,
}

/// A row that no other transaction can have written: each reads an instant of its own from the
/// clock, under the lock of the SKU.
#[derive(Debug, Clone)]
enum Proof {
    Entry(Sku, i64),
    /// Where nothing came to pass but that a key is known from now on.
    Key(Sku, (Endpoint, IdempotencyKey)),
}

impl Receipt {
    /// For a transaction that makes these changes at `now`. `None` when it makes none that anybody
    /// could notice.
    pub(super) fn of(
        changes: &Changes,
        now: DateTime<Utc>,
        outcomes: &[Outcome],
        tally: &Tally,
    ) -> Option<Self> {
        let entry = changes.ledger.last();
        let entry = entry.map(|entry| {
            (
                Proof::Entry(entry.sku.clone(), entry.entry),
                entry.recorded_at,
            )
        });
        let key = || {
            let (sku, key, _) = changes.keys.last()?;
            Some((Proof::Key(sku.clone(), key.clone()), now))
        };
        let (proof, at) = entry.or_else(key)?;
        Some(Self {
            proof,
            at,
            outcomes: outcomes.to_vec(),
            tally: tally.clone(),
        })
    }

    /// Whether the transaction was committed. To be asked under the same locks, so that it is over.
    pub(super) async fn is_in(&self, connection: &mut PgConnection) -> sqlx::Result<bool> {
        match &self.proof {
            Proof::Entry(sku, entry) => ledger::store::has(connection, sku, *entry, self.at).await,
            Proof::Key(sku, key) => idempotency::store::has(connection, sku, key, self.at).await,
        }
    }
}
