//! What a batch of commands must know. Pure: it says what to read, whoever reads it.

use std::collections::BTreeSet;

use crate::idempotency::Endpoint;
use crate::inventory::Sku;
use crate::reservations::{ReservationId, ReservationStatus, UserId};
use crate::waitlist::Sequence;

use super::book::SkuBook;
use super::command::Command;
use super::state::{KeyScope, State};

/// What the commands themselves name.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// The SKUs to lock; all due holds of these are wanted too, up to a limit.
    pub skus: BTreeSet<Sku>,
    /// Reservations by id.
    pub reservations: BTreeSet<(Sku, ReservationId)>,
    /// Users whose live reservation is wanted.
    pub users: BTreeSet<(Sku, UserId)>,
    /// Keys that may have taken effect.
    pub keys: BTreeSet<(Sku, KeyScope)>,
}

impl Needs {
    /// The needs of `commands`.
    #[must_use]
    pub fn of(commands: &[Command]) -> Self {
        let mut needs = Self::default();
        for command in commands {
            needs.add(command);
        }
        needs
    }

    fn add(&mut self, command: &Command) {
        let sku = command.sku();
        self.skus.insert(sku.clone());
        match command {
            Command::Reserve(ask) => {
                self.users.insert((sku.clone(), ask.user_id.clone()));
                let key = ask.idempotency_key.clone();
                let scope = key.map(|key| (Endpoint::Reserve, key));
                self.keys.extend(scope.map(|scope| (sku.clone(), scope)));
            }
            Command::Restock(ask) => {
                let key = ask.idempotency_key.clone();
                let scope = key.map(|key| (Endpoint::Restock, key));
                self.keys.extend(scope.map(|scope| (sku.clone(), scope)));
            }
            Command::Confirm(ask) => {
                self.reservations.insert((sku.clone(), ask.reservation_id));
            }
            Command::Cancel(ask) => {
                self.reservations.insert((sku.clone(), ask.reservation_id));
            }
            Command::Expire(_) => {}
        }
    }

    /// The places whose position is wanted: of those who ask again while they wait. The
    /// reservations must be loaded.
    #[must_use]
    pub fn places(&self, state: &State) -> BTreeSet<(Sku, Sequence)> {
        let place = |(sku, user_id): &(Sku, UserId)| {
            let live = state.books.get(sku)?.live_reservation(user_id)?;
            let waits = live.status == ReservationStatus::Waitlisted;
            Some((sku.clone(), live.sequence.filter(|_| waits)?))
        };
        self.users.iter().filter_map(place).collect()
    }

    /// The users who ask to reserve.
    #[must_use]
    pub fn asking(&self) -> BTreeSet<&UserId> {
        self.users.iter().map(|(_, user_id)| user_id).collect()
    }

    /// The users whose behaviour is wanted: all who may be judged or whose holds may end. The
    /// reservations and lines must be loaded.
    #[must_use]
    pub fn judged<'a>(&'a self, state: &'a State) -> BTreeSet<&'a UserId> {
        let asking = self.users.iter().map(|(_, user_id)| user_id);
        let loaded = state.books.values().flat_map(SkuBook::reservations);
        asking.chain(loaded.map(|r| &r.user_id)).collect()
    }
}
