//! What one transaction knows before it decides, and what it must write afterwards.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::fairness::{Behavior, HoldOutcome, Policy, Verdict, Weights};
use crate::idempotency::{Endpoint, IdempotencyKey, KeyRecord};
use crate::inventory::{Inventory, Sku};
use crate::ledger::LedgerEntry;
use crate::reservations::{Reservation, UserId};
use crate::waitlist::Sequence;

use super::book::SkuBook;
use super::command::Outcome;

/// The books of all SKUs that a transaction has locked, as of one instant.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The database's clock, read under the locks.
    pub now: DateTime<Utc>,
    /// The SKUs. One that does not exist is missing.
    pub books: BTreeMap<Sku, SkuBook>,
    /// How the users' holds ended so far.
    pub behaviors: Behaviors,
}

/// The behaviour of all users that a transaction may judge.
#[derive(Debug, Clone, Default)]
pub struct Behaviors {
    rows: HashMap<UserId, BTreeMap<Sku, Behavior>>,
    changed: BTreeSet<(Sku, UserId)>,
}

impl Behaviors {
    /// Takes in a row of the books.
    pub fn insert(&mut self, sku: Sku, user_id: UserId, behavior: Behavior) {
        self.rows.entry(user_id).or_default().insert(sku, behavior);
    }

    /// Judges `user_id` by all of the user's rows.
    #[must_use]
    pub fn judge(&self, user_id: &UserId, now: DateTime<Utc>, policy: &Policy) -> Verdict {
        let rows = self.rows.get(user_id).into_iter().flatten();
        let weights = rows
            .map(|(_, behavior)| behavior.as_of(now, policy).weights)
            .fold(Weights::default(), Weights::plus);
        policy.judge(weights)
    }

    /// Counts one more outcome.
    pub fn count(
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

    fn into_changed(self) -> Vec<(Sku, UserId, Behavior)> {
        let Self { rows, changed } = self;
        let row = |(sku, user_id): (Sku, UserId)| {
            let behavior = *rows.get(&user_id)?.get(&sku)?;
            Some((sku, user_id, behavior))
        };
        changed.into_iter().filter_map(row).collect()
    }
}

/// A key with its endpoint, within one SKU.
pub type KeyScope = (Endpoint, IdempotencyKey);

/// All that a transaction writes. What began and ended within it is netted out, but for the
/// ledger, which has each step.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// SKUs that changed.
    pub inventories: Vec<Inventory>,
    /// Reservations that are new.
    pub created: Vec<Reservation>,
    /// Reservations that were there and changed.
    pub updated: Vec<Reservation>,
    /// Places in the waitlist that are given up.
    pub left: Vec<(Sku, Sequence)>,
    /// Reservations that now wait and did not before.
    pub joined: Vec<Reservation>,
    /// Behaviour that changed.
    pub behaviors: Vec<(Sku, UserId, Behavior)>,
    /// Each step, in order.
    pub ledger: Vec<LedgerEntry>,
    /// Idempotency keys that took effect.
    pub keys: Vec<(Sku, KeyScope, KeyRecord)>,
}

/// What was decided.
#[derive(Debug, Clone)]
pub struct Decision {
    /// One for each command, in their order.
    pub outcomes: Vec<Outcome>,
    /// What is to be written.
    pub changes: Changes,
}

impl State {
    /// Opens the books of the locked SKUs with the reservations that were found for them. At most
    /// `due_limit` due holds of each were looked for, so that many mean that there may be more.
    #[must_use]
    pub fn open(
        now: DateTime<Utc>,
        inventories: impl IntoIterator<Item = Inventory>,
        found: impl IntoIterator<Item = Reservation>,
        due_limit: usize,
    ) -> Self {
        let book = |inventory: Inventory| (inventory.sku.clone(), SkuBook::new(inventory));
        let mut books: BTreeMap<_, _> = inventories.into_iter().map(book).collect();
        for reservation in found {
            if let Some(book) = books.get_mut(&reservation.sku) {
                book.load(reservation);
            }
        }
        for book in books.values_mut() {
            let due = book.reservations().filter(|r| r.is_due_at(now)).count();
            book.more_due = due >= due_limit;
        }
        Self {
            now,
            books,
            behaviors: Behaviors::default(),
        }
    }

    /// How many reservations were loaded.
    #[must_use]
    pub fn reservations(&self) -> usize {
        let of_each = self.books.values().map(|book| book.reservations().count());
        of_each.sum()
    }

    /// What is to be written, once everything is decided.
    #[must_use]
    pub fn into_changes(self) -> Changes {
        let mut changes = Changes {
            behaviors: self.behaviors.into_changed(),
            ..Changes::default()
        };
        for book in self.books.into_values() {
            book.write_into(&mut changes);
        }
        changes
    }
}
