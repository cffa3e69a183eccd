//! What a transaction must read before it can decide a batch of commands.

use std::collections::BTreeSet;

use super::command::Command;
use super::sku_state::SkuState;
use super::snapshot::Snapshot;
use crate::idempotency::{IdempotencyKey, KeyScope, KeyedEndpoint};
use crate::ids::{ReservationId, Sequence, Sku, UserId};
use crate::reservations::ReservationStatus;

/// What the commands of a batch name.
#[derive(Debug, Clone, Default)]
pub struct ReadSet {
    /// The SKUs to lock. Their due holds are read too, up to a limit.
    pub skus: BTreeSet<Sku>,
    pub reservations: BTreeSet<(Sku, ReservationId)>,
    /// Users whose live reservation and behavior are read.
    pub users: BTreeSet<(Sku, UserId)>,
    pub keys: BTreeSet<(Sku, KeyScope)>,
}

impl ReadSet {
    #[must_use]
    pub fn of(commands: &[Command]) -> Self {
        let mut read_set = Self::default();
        for command in commands {
            read_set.add(command);
        }
        read_set
    }

    fn add(&mut self, command: &Command) {
        let sku = command.sku();
        self.skus.insert(sku.clone());
        match command {
            Command::Reserve(reserve) => {
                self.users.insert((sku.clone(), reserve.user_id.clone()));
                self.add_key(
                    sku,
                    KeyedEndpoint::Reserve,
                    reserve.idempotency_key.as_ref(),
                );
            }
            Command::Restock(restock) => {
                self.add_key(
                    sku,
                    KeyedEndpoint::Restock,
                    restock.idempotency_key.as_ref(),
                );
            }
            Command::Confirm(confirm) => {
                self.reservations
                    .insert((sku.clone(), confirm.reservation_id));
            }
            Command::Cancel(cancel) => {
                self.reservations
                    .insert((sku.clone(), cancel.reservation_id));
            }
            Command::Expire(_) => {}
        }
    }

    fn add_key(&mut self, sku: &Sku, endpoint: KeyedEndpoint, key: Option<&IdempotencyKey>) {
        let scope = key.map(|key| (endpoint, key.clone()));
        self.keys.extend(scope.map(|scope| (sku.clone(), scope)));
    }

    /// Drops what belongs to SKUs that were not locked, since they did not exist: one that another
    /// transaction sets up meanwhile must not be read without its lock.
    pub fn retain_locked(&mut self, locked: &BTreeSet<&Sku>) {
        self.skus.retain(|sku| locked.contains(sku));
        self.reservations.retain(|(sku, _)| locked.contains(sku));
        self.users.retain(|(sku, _)| locked.contains(sku));
        self.keys.retain(|(sku, _)| locked.contains(sku));
    }

    /// The waitlist rows whose position is wanted: those of users who reserve again while they
    /// wait. The reservations must be loaded.
    #[must_use]
    pub fn positions(&self, snapshot: &Snapshot) -> BTreeSet<(Sku, Sequence)> {
        let waiting = |(sku, user_id): &(Sku, UserId)| {
            let live = snapshot.skus.get(sku)?.live_reservation(user_id)?;
            let waits = live.status == ReservationStatus::Waitlisted;
            Some((sku.clone(), live.sequence.filter(|_| waits)?))
        };
        self.users.iter().filter_map(waiting).collect()
    }

    /// The users who reserve.
    #[must_use]
    pub fn reserving(&self) -> BTreeSet<&UserId> {
        self.users.iter().map(|(_, user_id)| user_id).collect()
    }

    /// The users whose behavior is wanted: all who may be judged or whose holds may end. The
    /// reservations and waitlists must be loaded.
    #[must_use]
    pub fn judged<'a>(&'a self, snapshot: &'a Snapshot) -> BTreeSet<&'a UserId> {
        let reserving = self.users.iter().map(|(_, user_id)| user_id);
        let loaded = snapshot.skus.values().flat_map(SkuState::reservations);
        reserving.chain(loaded.map(|r| &r.user_id)).collect()
    }
}
