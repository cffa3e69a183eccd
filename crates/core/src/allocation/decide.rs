//! The rules: from a snapshot and commands to outcomes and a write set.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::command::{
    Cancel, CancelError, Command, Confirm, ConfirmError, Outcome, Reserve, ReserveError, Reserved,
    Restock, RestockError, Restocked, SweepResult,
};
use super::context::DecideContext;
use super::sku_state::SkuState;
use super::snapshot::Snapshot;
use super::write_set::WriteSet;
use crate::fairness::Policy;
use crate::idempotency::{
    Disposition, IdempotencyKey, KeyRecord, KeyScope, KeyedEndpoint, KeyedOutcome, KeyedRequest,
};
use crate::ids::{Actor, ReservationId, Sku};
use crate::reservations::{Reservation, ReservationStatus};

#[derive(Debug, Clone)]
pub struct BatchDecision {
    /// One for each command, in their order.
    pub outcomes: Vec<Outcome>,
    pub write_set: WriteSet,
}

/// Decides `commands` in their order, after ending every loaded hold that is due.
///
/// The snapshot must hold, for the SKUs of the commands: the reservations and keys that the commands
/// name, the live reservations and the behavior of the users that they name, due holds, and the
/// waitlist from its head on as far as stock that comes free can reach and one transaction promotes. No command names a
/// reservation that another one of the batch creates: its id is known only after the commit.
///
/// Panics on a state that cannot be. The caller must not commit then.
#[must_use]
pub fn decide(mut snapshot: Snapshot, commands: &[Command], policy: &Policy) -> BatchDecision {
    let mut context = DecideContext {
        now: snapshot.now,
        policy,
        behaviors: &mut snapshot.behaviors,
        actor: Some(Actor::expiry()),
    };
    let mut sweeps = HashMap::new();
    for (sku, state) in &mut snapshot.skus {
        let more = state.more_due;
        let (expired, promoted) = state.expire_due(&mut context);
        let sweep = SweepResult {
            expired,
            promoted,
            more,
        };
        sweeps.insert(sku.clone(), sweep);
    }
    let mut outcomes = Vec::with_capacity(commands.len());
    for command in commands {
        let state = snapshot.skus.get_mut(command.sku());
        context.actor = command.actor().cloned();
        outcomes.push(match command {
            Command::Reserve(command) => reserve(state, &mut context, command),
            Command::Confirm(command) => Outcome::Confirm(confirm(state, &mut context, command)),
            Command::Cancel(command) => Outcome::Cancel(cancel(state, &mut context, command)),
            Command::Restock(command) => restock(state, &mut context, command),
            Command::Expire(command) => Outcome::Expire(sweep_of(&sweeps, &command.sku)),
        });
    }
    BatchDecision {
        outcomes,
        write_set: snapshot.into_write_set(),
    }
}

fn sweep_of(sweeps: &HashMap<Sku, SweepResult>, sku: &Sku) -> SweepResult {
    match sweeps.get(sku) {
        Some(sweep) => *sweep,
        // A SKU that does not exist has no holds.
        None => SweepResult::default(),
    }
}

fn reserve(
    state: Option<&mut SkuState>,
    context: &mut DecideContext<'_>,
    command: &Reserve,
) -> Outcome {
    let Some(state) = state else {
        return Outcome::Reserve(Err(ReserveError::UnknownSku));
    };
    let scope = scope(KeyedEndpoint::Reserve, command.idempotency_key.as_ref());
    let request = KeyedRequest::Reserve {
        user_id: command.user_id.clone(),
        quantity: command.quantity,
    };
    if let Some(record) = scope.as_ref().and_then(|scope| state.key(scope)) {
        return Outcome::Reserve(replay_reserve(record, &request));
    }
    let Some(answer) = reserve_anew(state, context, command) else {
        return Outcome::Deferred;
    };
    if let (Some(scope), Ok(reserved)) = (scope, &answer) {
        let outcome = KeyedOutcome::Reserve {
            disposition: reserved.disposition,
            reservation: reserved.reservation.clone(),
            position: reserved.position,
        };
        state.keep_key(scope, KeyRecord { request, outcome });
    }
    Outcome::Reserve(answer)
}

/// `None` when holds that are due but not loaded may hold the wanted stock.
fn reserve_anew(
    state: &mut SkuState,
    context: &mut DecideContext<'_>,
    command: &Reserve,
) -> Option<Result<Reserved, ReserveError>> {
    if let Some(live) = state.live_reservation(&command.user_id) {
        return Some(existing(state, live.clone(), command));
    }
    let inventory = state.inventory();
    let total = inventory.total_quantity;
    // A SKU may take waiters before its first delivery.
    if command.quantity.units() > total && total > 0 {
        return Some(Err(ReserveError::ExceedsTotal { total }));
    }
    let nobody_waits = !state.servable_waits();
    let (disposition, reservation) =
        if nobody_waits && command.quantity.units() <= inventory.available_quantity {
            (Disposition::Held, state.hold(context, command))
        } else if state.defers() && (nobody_waits || !inventory.waitlist_is_open()) {
            return None;
        } else if inventory.waitlist_is_open() {
            (
                Disposition::Waitlisted,
                state.join_waitlist(context, command),
            )
        } else {
            return Some(Err(ReserveError::SoldOut {
                available: inventory.available_quantity,
                waitlist_size: inventory.waitlist_size,
                waitlist_limit: inventory.waitlist_limit,
            }));
        };
    Some(Ok(Reserved {
        position: state.position(&reservation),
        reservation,
        disposition,
        replayed: false,
    }))
}

fn existing(
    state: &SkuState,
    live: Reservation,
    command: &Reserve,
) -> Result<Reserved, ReserveError> {
    let position = state.position(&live);
    if live.quantity == command.quantity {
        Ok(Reserved {
            reservation: live,
            position,
            disposition: Disposition::Existing,
            replayed: false,
        })
    } else {
        Err(ReserveError::LiveReservationExists {
            reservation: Box::new(live),
            position,
        })
    }
}

fn replay_reserve(record: &KeyRecord, request: &KeyedRequest) -> Result<Reserved, ReserveError> {
    match &record.outcome {
        KeyedOutcome::Reserve {
            disposition,
            reservation,
            position,
        } if record.request == *request => Ok(Reserved {
            reservation: reservation.clone(),
            position: *position,
            disposition: *disposition,
            replayed: true,
        }),
        KeyedOutcome::Reserve { .. } | KeyedOutcome::Restock { .. } => Err(ReserveError::KeyReused),
    }
}

fn confirm(
    state: Option<&mut SkuState>,
    context: &mut DecideContext<'_>,
    command: &Confirm,
) -> Result<Reservation, ConfirmError> {
    let id = command.reservation_id;
    let found = find(state, id, command.actor.as_ref());
    let (state, found) = found.ok_or(ConfirmError::UnknownReservation)?;
    match found.status {
        ReservationStatus::Reserved => Ok(state.confirm(context, id)),
        ReservationStatus::Confirmed => Ok(found),
        ReservationStatus::Expired => Err(ConfirmError::Expired(ended_at(&found))),
        ReservationStatus::Waitlisted | ReservationStatus::Cancelled => {
            Err(ConfirmError::NotConfirmable(found.status))
        }
    }
}

fn cancel(
    state: Option<&mut SkuState>,
    context: &mut DecideContext<'_>,
    command: &Cancel,
) -> Result<Reservation, CancelError> {
    let id = command.reservation_id;
    let found = find(state, id, command.actor.as_ref());
    let (state, found) = found.ok_or(CancelError::UnknownReservation)?;
    match found.status {
        ReservationStatus::Reserved => Ok(state.cancel_hold(context, id)),
        ReservationStatus::Waitlisted => Ok(state.leave_waitlist(context, id)),
        ReservationStatus::Cancelled => Ok(found),
        ReservationStatus::Confirmed => Err(CancelError::AlreadyConfirmed),
        ReservationStatus::Expired => Err(CancelError::Expired(ended_at(&found))),
    }
}

fn restock(
    state: Option<&mut SkuState>,
    context: &mut DecideContext<'_>,
    command: &Restock,
) -> Outcome {
    let Some(state) = state else {
        return Outcome::Restock(Err(RestockError::UnknownSku));
    };
    let scope = scope(KeyedEndpoint::Restock, command.idempotency_key.as_ref());
    let request = KeyedRequest::Restock {
        quantity: command.change,
        reason: command.reason.clone(),
    };
    if let Some(record) = scope.as_ref().and_then(|scope| state.key(scope)) {
        return Outcome::Restock(replay_restock(record, &request));
    }
    let available = state.inventory().available_quantity;
    if available + command.change.units() < 0 {
        if state.defers() {
            return Outcome::Deferred;
        }
        return Outcome::Restock(Err(RestockError::InsufficientStock { available }));
    }
    let promoted = state.restock(context, command.change, command.reason.clone());
    let inventory = state.inventory().clone();
    if let Some(scope) = scope {
        let outcome = KeyedOutcome::Restock {
            inventory: inventory.clone(),
            promoted,
        };
        state.keep_key(scope, KeyRecord { request, outcome });
    }
    Outcome::Restock(Ok(Restocked {
        inventory,
        promoted,
        replayed: false,
    }))
}

fn replay_restock(record: &KeyRecord, request: &KeyedRequest) -> Result<Restocked, RestockError> {
    match &record.outcome {
        KeyedOutcome::Restock {
            inventory,
            promoted,
        } if record.request == *request => Ok(Restocked {
            inventory: inventory.clone(),
            promoted: *promoted,
            replayed: true,
        }),
        KeyedOutcome::Reserve { .. } | KeyedOutcome::Restock { .. } => Err(RestockError::KeyReused),
    }
}

/// The reservation, if `actor` may change it. To a shopper, somebody else's reservation does not
/// exist.
fn find<'a>(
    state: Option<&'a mut SkuState>,
    id: ReservationId,
    actor: Option<&Actor>,
) -> Option<(&'a mut SkuState, Reservation)> {
    let state = state?;
    let found = state.reservation(id)?.clone();
    let may_change = actor.is_none_or(|actor| actor.may_change(&found.user_id));
    may_change.then_some((state, found))
}

fn scope(endpoint: KeyedEndpoint, key: Option<&IdempotencyKey>) -> Option<KeyScope> {
    key.map(|key| (endpoint, key.clone()))
}

/// The end of an expired hold.
fn ended_at(expired: &Reservation) -> DateTime<Utc> {
    let Some(hold) = expired.hold else {
        panic!(
            "reservation {} expired without a hold",
            expired.reservation_id
        );
    };
    hold.expires_at
}
