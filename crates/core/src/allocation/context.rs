//! What all SKUs of a transaction share while it decides.

use chrono::{DateTime, Utc};

use super::behaviors::Behaviors;
use crate::fairness::{Policy, Verdict};
use crate::ids::{Actor, UserId};

#[derive(Debug)]
pub(super) struct DecideContext<'a> {
    /// The instant of the transaction, read under the locks.
    pub(super) now: DateTime<Utc>,
    pub(super) policy: &'a Policy,
    pub(super) behaviors: &'a mut Behaviors,
    /// Who the ledger names for the next transitions.
    pub(super) actor: Option<Actor>,
}

impl DecideContext<'_> {
    pub(super) fn judge(&self, user_id: &UserId) -> Verdict {
        self.behaviors.judge(user_id, self.now, self.policy)
    }
}
