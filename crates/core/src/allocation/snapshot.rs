//! What a transaction knows before it decides.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::behaviors::Behaviors;
use super::limits::Limits;
use super::sku_state::SkuState;
use super::write_set::WriteSet;
use crate::ids::{Sku, UserId};
use crate::inventory::Inventory;
use crate::reservations::Reservation;

/// All SKUs that a transaction has locked, as of one instant. The default has none.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The database's clock, read under the locks.
    pub now: DateTime<Utc>,
    /// The locked SKUs. One that does not exist is missing.
    pub skus: BTreeMap<Sku, SkuState>,
    pub behaviors: Behaviors,
}

impl Snapshot {
    /// The locked SKUs with the reservations that were read for them. At most `limits.due` due holds
    /// of each were read; exactly as many mean that there may be more.
    ///
    /// # Panics
    /// When a reservation belongs to a SKU that is not locked.
    #[must_use]
    pub fn new(
        now: DateTime<Utc>,
        inventories: impl IntoIterator<Item = Inventory>,
        reservations: impl IntoIterator<Item = Reservation>,
        limits: Limits,
    ) -> Self {
        let state = |inventory: Inventory| {
            let sku = inventory.sku.clone();
            (sku, SkuState::new(inventory, limits))
        };
        let mut skus: BTreeMap<_, _> = inventories.into_iter().map(state).collect();
        for reservation in reservations {
            let Some(state) = skus.get_mut(&reservation.sku) else {
                panic!(
                    "reservation {} is of a SKU that is not locked",
                    reservation.reservation_id
                );
            };
            state.load(reservation);
        }
        for state in skus.values_mut() {
            let due = state.reservations().filter(|r| r.is_due_at(now)).count();
            state.more_due = due >= usize::from(limits.due);
        }
        Self {
            now,
            skus,
            behaviors: Behaviors::default(),
        }
    }

    /// The state of a locked SKU.
    ///
    /// # Panics
    /// When the SKU is not locked.
    pub fn sku_mut(&mut self, sku: &Sku) -> &mut SkuState {
        let Some(state) = self.skus.get_mut(sku) else {
            panic!("SKU {sku} is not locked");
        };
        state
    }

    /// Has commands on this SKU answered by the holds that were read, also when more are due.
    pub fn defer_nothing(&mut self, sku: &Sku) {
        // A SKU that does not exist defers nothing anyway.
        if let Some(state) = self.skus.get_mut(sku) {
            state.may_defer = false;
        }
    }

    /// The rows of behavior that the end of a hold may change, but that were not among the latest
    /// of their user. The reservations and the latest behavior must be loaded.
    #[must_use]
    pub fn unread_behaviors(&self) -> BTreeSet<(Sku, UserId)> {
        if !self.behaviors.is_partial() {
            return BTreeSet::new();
        }
        let loaded = self.skus.iter().flat_map(|(sku, state)| {
            let of_sku = state.reservations();
            of_sku.map(move |reservation| (sku, &reservation.user_id))
        });
        loaded
            .filter(|(sku, user_id)| self.behaviors.may_lack(sku, user_id))
            .map(|(sku, user_id)| (sku.clone(), user_id.clone()))
            .collect()
    }

    /// What is to be written after all decisions.
    pub(super) fn into_write_set(self) -> WriteSet {
        let mut write_set = WriteSet {
            updated_behaviors: self.behaviors.into_changed(),
            ..WriteSet::default()
        };
        for state in self.skus.into_values() {
            state.write_into(&mut write_set);
        }
        write_set
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::{Command, Outcome, Reserve};
    use super::super::decide::decide;
    use super::*;
    use crate::fairness::Policy;
    use crate::idempotency::Disposition;
    use crate::ids::{Quantity, ReservationId};

    /// One unit, which a hold that was not read has.
    fn all_held(sku: &Sku) -> Snapshot {
        let now = DateTime::UNIX_EPOCH;
        let inventory = Inventory {
            sku: sku.clone(),
            total_quantity: 1,
            available_quantity: 0,
            reserved_quantity: 1,
            sold_quantity: 0,
            waitlist_size: 0,
            waitlist_quantity: 0,
            waitlist_limit: None,
            last_sequence: 0,
            serving: false,
            hold_ttl_seconds: 300,
            version: 2,
            created_at: now,
            updated_at: now,
        };
        // With this limit, there may always be more.
        let limits = Limits {
            due: 0,
            ..Limits::default()
        };
        Snapshot::new(now, [inventory], [], limits)
    }

    #[test]
    fn a_command_that_must_not_be_deferred_is_answered_while_more_holds_are_due() {
        let sku = Sku::parse("A").unwrap();
        let reserve = Command::Reserve(Reserve {
            sku: sku.clone(),
            user_id: UserId::parse("anna").unwrap(),
            quantity: Quantity::new(1).unwrap(),
            reservation_id: ReservationId::random(),
            idempotency_key: None,
            actor: None,
        });
        let commands = [reserve];
        let policy = Policy::default();
        let deferred = decide(all_held(&sku), &commands, &policy);
        assert_eq!(deferred.outcomes, [Outcome::Deferred]);
        let mut snapshot = all_held(&sku);
        snapshot.defer_nothing(&sku);
        let answered = decide(snapshot, &commands, &policy);
        let Outcome::Reserve(Ok(reserved)) = &answered.outcomes[0] else {
            panic!("{answered:?}");
        };
        assert_eq!(reserved.disposition, Disposition::Waitlisted);
    }

    #[test]
    fn rows_that_may_change_are_missed_only_beside_as_many_as_a_user_is_judged_by() {
        use crate::fairness::{Behavior, JUDGED_SKUS};
        let mut behaviors = Behaviors::default();
        let user = UserId::parse("anna").unwrap();
        let own = Sku::parse("A").unwrap();
        for number in 0..JUDGED_SKUS {
            assert!(!behaviors.may_lack(&own, &user), "{number}");
            let sku = Sku::parse(&format!("S{number}")).unwrap();
            behaviors.load(sku, user.clone(), Behavior::newcomer(DateTime::UNIX_EPOCH));
        }
        assert!(behaviors.may_lack(&own, &user));
        behaviors.load(
            own.clone(),
            user.clone(),
            Behavior::newcomer(DateTime::UNIX_EPOCH),
        );
        assert!(!behaviors.may_lack(&own, &user));
    }
}
