//! Finds out whether a transaction was committed whose COMMIT got no answer.

use chrono::{DateTime, Utc};
use fairhold_core::allocation::{Outcome, WriteSet};
use fairhold_core::idempotency::KeyScope;
use fairhold_core::ids::Sku;
use sqlx::PgConnection;

use super::batch_metrics::BatchMetrics;
use crate::{idempotency, ledger};

/// What a transaction did.
#[derive(Debug, Clone)]
pub(super) struct Committed {
    /// One for each command.
    pub(super) outcomes: Vec<Outcome>,
    /// The SKUs that it stopped serving at its bound.
    pub(super) serving: Vec<Sku>,
}

/// What a transaction did, to be answered if it proves to have been committed.
#[derive(Debug, Clone)]
pub(super) struct Receipt {
    proof: Proof,
    at: DateTime<Utc>,
    pub(super) committed: Committed,
    pub(super) metrics: BatchMetrics,
}

/// A row that no other transaction can have written: each has its own instant, read under the lock
/// of the SKU.
#[derive(Debug, Clone)]
enum Proof {
    LedgerEntry(Sku, i64),
    /// For a transaction whose only change is a new idempotency key.
    Key(Sku, KeyScope),
}

impl Receipt {
    /// `None` for a transaction that changes nothing.
    pub(super) fn of(
        write_set: &WriteSet,
        now: DateTime<Utc>,
        committed: &Committed,
        metrics: &BatchMetrics,
    ) -> Option<Self> {
        let entry = write_set.ledger.last();
        let entry = entry.map(|entry| Proof::LedgerEntry(entry.sku.clone(), entry.entry));
        let key = || {
            let (sku, scope, _) = write_set.new_keys.last()?;
            Some(Proof::Key(sku.clone(), scope.clone()))
        };
        Some(Self {
            proof: entry.or_else(key)?,
            at: now,
            committed: committed.clone(),
            metrics: metrics.clone(),
        })
    }

    /// Whether the transaction was committed. Call it under the same locks: they prove that the
    /// transaction has ended.
    pub(super) async fn is_committed(&self, connection: &mut PgConnection) -> sqlx::Result<bool> {
        let at = self.at;
        match &self.proof {
            Proof::LedgerEntry(sku, entry) => ledger::store::has(connection, sku, *entry, at).await,
            Proof::Key(sku, scope) => idempotency::store::has(connection, sku, scope, at).await,
        }
    }
}
