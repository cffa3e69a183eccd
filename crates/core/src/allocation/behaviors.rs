//! How the holds of the users in a transaction ended so far.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::fairness::{Behavior, HoldOutcome, Policy, Verdict, Weights};
use crate::ids::{Sku, UserId};

/// The behavior of all users that a transaction may judge, by user and SKU.
#[derive(Debug, Clone, Default)]
pub struct Behaviors {
    rows: HashMap<UserId, BTreeMap<Sku, Behavior>>,
    changed: BTreeSet<(Sku, UserId)>,
}

impl Behaviors {
    pub fn load(&mut self, sku: Sku, user_id: UserId, behavior: Behavior) {
        self.rows.entry(user_id).or_default().insert(sku, behavior);
    }

    /// Judges `user_id` by the user's behavior on all SKUs.
    #[must_use]
    pub fn judge(&self, user_id: &UserId, now: DateTime<Utc>, policy: &Policy) -> Verdict {
        let rows = self.rows.get(user_id).into_iter().flatten();
        let weights = rows
            .map(|(_, behavior)| behavior.as_of(now, policy).weights)
            .fold(Weights::default(), Weights::plus);
        policy.judge(weights)
    }

    pub(super) fn count(
        &mut self,
        (sku, user_id): (&Sku, &UserId),
        outcome: HoldOutcome,
        now: DateTime<Utc>,
        policy: &Policy,
    ) {
        let rows = self.rows.entry(user_id.clone()).or_default();
        let row = rows
            .entry(sku.clone())
            .or_insert_with(|| Behavior::newcomer(now));
        *row = row.with(outcome, now, policy);
        self.changed.insert((sku.clone(), user_id.clone()));
    }

    /// The rows that changed.
    pub(super) fn into_changed(self) -> Vec<(Sku, UserId, Behavior)> {
        let Self { rows, changed } = self;
        let row = |(sku, user_id): (Sku, UserId)| {
            let behavior = rows[&user_id][&sku];
            (sku, user_id, behavior)
        };
        changed.into_iter().map(row).collect()
    }
}
