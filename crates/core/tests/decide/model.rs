//! The model: what API.md says of one command at a time, on plain vectors.

use chrono::{DateTime, Utc};
use fairhold_core::allocation::{Cancel, Command, Confirm, Reserve, Restock};
use fairhold_core::ids::{ReservationId, Sku};
use fairhold_core::reservations::ReservationStatus;

use crate::answers::{Answer, Refusal};
use crate::fairness::History;
use crate::stall::Stall;

/// All SKUs, and how every hold ended.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    pub(crate) stalls: Vec<Stall>,
    pub(crate) history: History,
}

impl Model {
    /// The holds in `ended` run out; all of them are back before any is offered on. Returns how
    /// many reservations were promoted.
    pub(crate) fn expire(&mut self, sku: &Sku, ended: &[ReservationId], now: DateTime<Utc>) -> i64 {
        let Some((stall, history)) = self.stall(sku) else {
            return 0;
        };
        let due = stall.due(now);
        for &id in ended {
            assert!(due.contains(&id), "{id} is not due");
            let Some(slip) = stall.slip(id) else { continue };
            slip.become_at(ReservationStatus::Expired, now);
            history.add(slip, now);
        }
        stall.serve(history, now)
    }

    pub(crate) fn apply(&mut self, command: &Command, now: DateTime<Utc>) -> Answer {
        match command {
            Command::Reserve(ask) => self.reserve(ask, now),
            Command::Confirm(ask) => self.confirm(ask, now),
            Command::Cancel(ask) => self.cancel(ask, now),
            Command::Restock(ask) => self.restock(ask, now),
            Command::Expire(_) => Answer::Swept,
        }
    }

    /// Whether holds that are due must end before `answer` may be said.
    pub(crate) fn is_for_want_of_stock(&self, sku: &Sku, answer: &Answer) -> bool {
        let joined = match answer {
            Answer::Reserved { slip, .. } => Some(slip.id),
            _ => None,
        };
        let mut stalls = self.stalls.iter().filter(|stall| stall.sku == *sku);
        let waits_rightly = joined.is_some() && stalls.any(|stall| stall.servable_ahead(joined));
        answer.is_for_want_of_stock() && !waits_rightly
    }

    fn stall(&mut self, sku: &Sku) -> Option<(&mut Stall, &mut History)> {
        let stall = self.stalls.iter_mut().find(|stall| stall.sku == *sku)?;
        Some((stall, &mut self.history))
    }

    fn reserve(&mut self, ask: &Reserve, now: DateTime<Utc>) -> Answer {
        let Some((stall, history)) = self.stall(&ask.sku) else {
            return Answer::Refused(Refusal::UnknownSku);
        };
        let key = ask.idempotency_key.as_ref();
        let key = key.map(|key| format!("reserve {key}"));
        let body = format!("{} {}", ask.user_id, ask.quantity.units());
        once(stall, key, body, |stall| {
            stall.reserve_anew(history, ask, now)
        })
    }

    fn restock(&mut self, ask: &Restock, now: DateTime<Utc>) -> Answer {
        let Some((stall, history)) = self.stall(&ask.sku) else {
            return Answer::Refused(Refusal::UnknownSku);
        };
        let key = ask.idempotency_key.as_ref();
        let key = key.map(|key| format!("restock {key}"));
        let body = format!("{} {:?}", ask.change.units(), ask.reason);
        once(stall, key, body, |stall| {
            let available = stall.available();
            if available + ask.change.units() < 0 {
                return Answer::Refused(Refusal::InsufficientStock { available });
            }
            stall.total += ask.change.units();
            let restock = (ask.change.units(), ask.reason.clone());
            stall.restocks.push(restock);
            let promoted = stall.serve(history, now);
            Answer::Restocked {
                stock: stall.stock(),
                promoted,
                replayed: false,
            }
        })
    }

    fn confirm(&mut self, ask: &Confirm, now: DateTime<Utc>) -> Answer {
        let Some((stall, history)) = self.stall(&ask.sku) else {
            return Answer::Refused(Refusal::UnknownReservation);
        };
        let Some(slip) = stall.slip(ask.reservation_id) else {
            return Answer::Refused(Refusal::UnknownReservation);
        };
        match slip.status {
            ReservationStatus::Reserved => {
                slip.become_at(ReservationStatus::Confirmed, now);
                history.add(slip, now);
            }
            ReservationStatus::Confirmed => {}
            ReservationStatus::Expired => return Answer::Refused(Refusal::Expired(slip.ends_at)),
            status => return Answer::Refused(Refusal::NotConfirmable(status)),
        }
        let confirmed = slip.clone();
        stall.serve(history, now);
        Answer::Found(confirmed)
    }

    fn cancel(&mut self, ask: &Cancel, now: DateTime<Utc>) -> Answer {
        let id = ask.reservation_id;
        let Some((stall, history)) = self.stall(&ask.sku) else {
            return Answer::Refused(Refusal::UnknownReservation);
        };
        let Some(slip) = stall.slip(id) else {
            return Answer::Refused(Refusal::UnknownReservation);
        };
        match slip.status {
            ReservationStatus::Reserved => {
                slip.become_at(ReservationStatus::Cancelled, now);
                history.add(slip, now);
            }
            ReservationStatus::Waitlisted => slip.become_at(ReservationStatus::Cancelled, now),
            ReservationStatus::Cancelled => {}
            ReservationStatus::Confirmed => return Answer::Refused(Refusal::AlreadyConfirmed),
            ReservationStatus::Expired => return Answer::Refused(Refusal::Expired(slip.ends_at)),
        }
        let cancelled = slip.clone();
        stall.line.retain(|&waiting| waiting != id);
        stall.serve(history, now);
        Answer::Found(cancelled)
    }
}

/// Answers a key that took effect as it was answered then; a refusal leaves no trace of its key.
fn once(
    stall: &mut Stall,
    key: Option<String>,
    body: String,
    effect: impl FnOnce(&mut Stall) -> Answer,
) -> Answer {
    let earlier = stall
        .keys
        .iter()
        .find(|known| Some(&known.0) == key.as_ref());
    if let Some((_, earlier_body, answer)) = earlier {
        return if *earlier_body == body {
            answer.clone().again()
        } else {
            Answer::Refused(Refusal::KeyReused)
        };
    }
    let answer = effect(stall);
    if let Some(key) = key
        && !matches!(answer, Answer::Refused(_))
    {
        stall.keys.push((key, body, answer.clone()));
    }
    answer
}
