//! The rules: from the state of the SKUs and the commands to the outcomes and the changes. Pure.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::access::Actor;
use crate::fairness::Policy;
use crate::idempotency::{
    Endpoint, IdempotencyKey, KeyRecord, KeyedOutcome, KeyedRequest, Standing,
};
use crate::inventory::Sku;
use crate::reservations::{Reservation, ReservationId, ReservationStatus};

use super::book::{Desk, SkuBook};
use super::command::{
    Cancel, CancelError, Command, Confirm, ConfirmError, Expire, Outcome, Reserve, ReserveError,
    Reserved, Restock, RestockError, Restocked, Swept,
};
use super::state::{Decision, KeyScope, State};

/// Decides `commands` in their order, after ending every loaded hold that is due.
///
/// The state must hold, for the SKUs of the commands: the reservations and keys that the commands
/// name, the live reservations and the behaviour of the users that they name, due holds, and the
/// head of the line as far as stock that comes free can reach. No command names a reservation that
/// another one of the batch makes: its id is told after the commit.
#[must_use]
pub fn decide(mut state: State, commands: &[Command], policy: &Policy) -> Decision {
    let mut desk = Desk {
        now: state.now,
        policy,
        behaviors: &mut state.behaviors,
        actor: Some(Actor::expiry()),
    };
    let mut swept = HashMap::new();
    for (sku, book) in &mut state.books {
        let more = book.more_due;
        let (expired, promoted) = book.expire_due(&mut desk);
        let sweep = Swept {
            expired,
            promoted,
            more,
        };
        swept.insert(sku.clone(), sweep);
    }
    let mut outcomes = Vec::with_capacity(commands.len());
    for command in commands {
        let book = state.books.get_mut(command.sku());
        desk.actor = command.actor().cloned();
        outcomes.push(match command {
            Command::Reserve(ask) => reserve(book, &mut desk, ask),
            Command::Confirm(ask) => Outcome::Confirm(confirm(book, &mut desk, ask)),
            Command::Cancel(ask) => Outcome::Cancel(cancel(book, &mut desk, ask)),
            Command::Restock(ask) => restock(book, &mut desk, ask),
            Command::Expire(Expire { sku }) => Outcome::Expire(sweep_of(&swept, sku)),
        });
    }
    Decision {
        outcomes,
        changes: state.into_changes(),
    }
}

fn sweep_of(swept: &HashMap<Sku, Swept>, sku: &Sku) -> Swept {
    swept.get(sku).copied().unwrap_or_default()
}

fn reserve(book: Option<&mut SkuBook>, desk: &mut Desk<'_>, ask: &Reserve) -> Outcome {
    let Some(book) = book else {
        return Outcome::Reserve(Err(ReserveError::UnknownSku));
    };
    let scope = scope(Endpoint::Reserve, ask.idempotency_key.as_ref());
    let request = KeyedRequest::Reserve {
        user_id: ask.user_id.clone(),
        quantity: ask.quantity,
    };
    if let Some(record) = scope.as_ref().and_then(|scope| book.key(scope)) {
        return Outcome::Reserve(replay_reserve(record, &request));
    }
    let Some(answer) = reserve_anew(book, desk, ask) else {
        return Outcome::Deferred;
    };
    if let (Some(scope), Ok(reserved)) = (scope, &answer) {
        let outcome = KeyedOutcome::Reserve {
            standing: reserved.standing,
            reservation: reserved.reservation.clone(),
            place: reserved.place,
        };
        book.keep_key(scope, KeyRecord { request, outcome });
    }
    Outcome::Reserve(answer)
}

/// `None` when holds that are due but not loaded may hold what is asked for.
fn reserve_anew(
    book: &mut SkuBook,
    desk: &mut Desk<'_>,
    ask: &Reserve,
) -> Option<Result<Reserved, ReserveError>> {
    if let Some(live) = book.live_reservation(&ask.user_id) {
        return Some(existing(book, live.clone(), ask));
    }
    let inventory = book.inventory();
    let total = inventory.total_quantity;
    if ask.quantity.units() > total {
        return Some(Err(ReserveError::ExceedsTotal { total }));
    }
    let nobody_waits = inventory.waitlist_size == 0;
    let (standing, reservation) =
        if nobody_waits && ask.quantity.units() <= inventory.available_quantity {
            (Standing::Held, book.hold(desk, ask))
        } else if book.more_due && (nobody_waits || !inventory.line_is_open()) {
            return None;
        } else if inventory.line_is_open() {
            (Standing::Waitlisted, book.join(desk, ask))
        } else {
            return Some(Err(ReserveError::SoldOut));
        };
    Some(Ok(Reserved {
        place: book.place(&reservation),
        reservation,
        standing,
        replayed: false,
    }))
}

fn existing(book: &SkuBook, live: Reservation, ask: &Reserve) -> Result<Reserved, ReserveError> {
    let place = book.place(&live);
    if live.quantity == ask.quantity {
        Ok(Reserved {
            reservation: live,
            place,
            standing: Standing::Existing,
            replayed: false,
        })
    } else {
        Err(ReserveError::LiveReservationExists {
            reservation: Box::new(live),
            place,
        })
    }
}

fn replay_reserve(record: &KeyRecord, request: &KeyedRequest) -> Result<Reserved, ReserveError> {
    match &record.outcome {
        KeyedOutcome::Reserve {
            standing,
            reservation,
            place,
        } if record.request == *request => Ok(Reserved {
            reservation: reservation.clone(),
            place: *place,
            standing: *standing,
            replayed: true,
        }),
        KeyedOutcome::Reserve { .. } | KeyedOutcome::Restock { .. } => Err(ReserveError::KeyReused),
    }
}

fn confirm(
    book: Option<&mut SkuBook>,
    desk: &mut Desk<'_>,
    ask: &Confirm,
) -> Result<Reservation, ConfirmError> {
    let id = ask.reservation_id;
    let found = find(book, id, ask.actor.as_ref());
    let (book, found) = found.ok_or(ConfirmError::UnknownReservation)?;
    match found.status {
        ReservationStatus::Reserved => {
            book.confirm(desk, id);
            Ok(book.reservation(id).cloned().unwrap_or(found))
        }
        ReservationStatus::Confirmed => Ok(found),
        ReservationStatus::Expired => Err(ConfirmError::Expired(ended_at(&found))),
        ReservationStatus::Waitlisted | ReservationStatus::Cancelled => {
            Err(ConfirmError::NotConfirmable(found.status))
        }
    }
}

fn cancel(
    book: Option<&mut SkuBook>,
    desk: &mut Desk<'_>,
    ask: &Cancel,
) -> Result<Reservation, CancelError> {
    let id = ask.reservation_id;
    let found = find(book, id, ask.actor.as_ref());
    let (book, found) = found.ok_or(CancelError::UnknownReservation)?;
    match found.status {
        ReservationStatus::Reserved => book.cancel_hold(desk, id),
        ReservationStatus::Waitlisted => book.leave_line(desk, id),
        ReservationStatus::Cancelled => {}
        ReservationStatus::Confirmed => return Err(CancelError::AlreadyConfirmed),
        ReservationStatus::Expired => return Err(CancelError::Expired(ended_at(&found))),
    }
    Ok(book.reservation(id).cloned().unwrap_or(found))
}

fn restock(book: Option<&mut SkuBook>, desk: &mut Desk<'_>, ask: &Restock) -> Outcome {
    let Some(book) = book else {
        return Outcome::Restock(Err(RestockError::UnknownSku));
    };
    let scope = scope(Endpoint::Restock, ask.idempotency_key.as_ref());
    let request = KeyedRequest::Restock {
        quantity: ask.change,
        reason: ask.reason.clone(),
    };
    if let Some(record) = scope.as_ref().and_then(|scope| book.key(scope)) {
        return Outcome::Restock(replay_restock(record, &request));
    }
    let available = book.inventory().available_quantity;
    if available + ask.change.units() < 0 {
        if book.more_due {
            return Outcome::Deferred;
        }
        return Outcome::Restock(Err(RestockError::InsufficientStock { available }));
    }
    let promoted = book.restock(desk, ask.change, ask.reason.clone());
    let inventory = book.inventory().clone();
    if let Some(scope) = scope {
        let outcome = KeyedOutcome::Restock {
            inventory: inventory.clone(),
            promoted,
        };
        book.keep_key(scope, KeyRecord { request, outcome });
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

/// The reservation, as far as whoever asks has anything to do with it: one of somebody else is as
/// good as none.
fn find<'a>(
    book: Option<&'a mut SkuBook>,
    id: ReservationId,
    actor: Option<&Actor>,
) -> Option<(&'a mut SkuBook, Reservation)> {
    let book = book?;
    let found = book.reservation(id)?.clone();
    let may_move = actor.is_none_or(|actor| actor.may_move(&found.user_id));
    may_move.then_some((book, found))
}

fn scope(endpoint: Endpoint, key: Option<&IdempotencyKey>) -> Option<KeyScope> {
    key.map(|key| (endpoint, key.clone()))
}

/// The end of a hold that ran out.
fn ended_at(expired: &Reservation) -> DateTime<Utc> {
    expired
        .hold
        .map_or(expired.updated_at, |hold| hold.expires_at)
}
