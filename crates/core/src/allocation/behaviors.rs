//! How the holds of the users in a transaction ended so far.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::fairness::{Behavior, HoldOutcome, JUDGED_SKUS, Policy, Verdict, Weights};
use crate::ids::{Sku, UserId};

/// The behavior of all users that a transaction may judge, by user and SKU: the latest rows of each,
/// and those that the transaction may change.
#[derive(Debug, Clone, Default)]
pub struct Behaviors {
    rows: HashMap<UserId, BTreeMap<Sku, Behavior>>,
    /// Whether a user may have more rows than were read.
    is_partial: bool,
    changed: BTreeSet<(Sku, UserId)>,
}

impl Behaviors {
    pub fn load(&mut self, sku: Sku, user_id: UserId, behavior: Behavior) {
        let rows = self.rows.entry(user_id).or_default();
        rows.insert(sku, behavior);
        self.is_partial |= rows.len() >= JUDGED_SKUS;
    }

    pub(super) fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// Whether the row of a user was not read because the user has later ones on [`JUDGED_SKUS`].
    pub(super) fn may_lack(&self, sku: &Sku, user_id: &UserId) -> bool {
        let rows = self.rows.get(user_id);
        rows.is_some_and(|rows| rows.len() >= JUDGED_SKUS && !rows.contains_key(sku))
    }

    /// Judges `user_id` by the user's latest behavior, on up to [`JUDGED_SKUS`].
    #[must_use]
    pub fn judge(&self, user_id: &UserId, now: DateTime<Utc>, policy: &Policy) -> Verdict {
        let rows = self.rows.get(user_id).into_iter().flatten();
        let mut rows: Vec<_> = rows.collect();
        if rows.len() > JUDGED_SKUS {
            rows.sort_by_key(|(sku, behavior)| (Reverse(behavior.weighted_at), *sku));
            rows.truncate(JUDGED_SKUS);
        }
        let weights = rows
            .into_iter()
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
        let Self { rows, changed, .. } = self;
        let row = |(sku, user_id): (Sku, UserId)| {
            let behavior = rows[&user_id][&sku];
            (sku, user_id, behavior)
        };
        changed.into_iter().map(row).collect()
    }
}
