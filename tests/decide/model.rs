//! The model: what API.md says of one command at a time, on plain vectors.

use chrono::{DateTime, Duration, Utc};
use fairhold::allocation::{Cancel, Command, Confirm, Reserve, Restock};
use fairhold::idempotency::Standing;
use fairhold::inventory::Sku;
use fairhold::reservations::{ReservationId, ReservationStatus, UserId};

use crate::answers::{Answer, Refusal, Slip, Stock};
use crate::fairness::History;

/// All SKUs, and how every hold ended.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    pub(crate) stalls: Vec<Stall>,
    pub(crate) history: History,
}

/// One SKU.
#[derive(Debug, Clone)]
pub(crate) struct Stall {
    pub(crate) sku: Sku,
    pub(crate) total: i64,
    pub(crate) hold_seconds: i32,
    pub(crate) waitlist_limit: Option<usize>,
    pub(crate) slips: Vec<Slip>,
    pub(crate) line: Vec<ReservationId>,
    keys: Vec<(String, String, Answer)>,
}

impl Stall {
    pub(crate) fn new(sku: Sku, total: i64, hold_seconds: i32, limit: Option<usize>) -> Self {
        Self {
            sku,
            total,
            hold_seconds,
            waitlist_limit: limit,
            slips: Vec::new(),
            line: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// Units in reservations of that status.
    pub(crate) fn units(&self, status: ReservationStatus) -> i64 {
        let slips = self.slips.iter().filter(|slip| slip.status == status);
        slips.map(|slip| slip.quantity).sum()
    }

    pub(crate) fn available(&self) -> i64 {
        let held = self.units(ReservationStatus::Reserved);
        self.total - held - self.units(ReservationStatus::Confirmed)
    }

    pub(crate) fn due(&self, now: DateTime<Utc>) -> Vec<ReservationId> {
        let held = |slip: &&Slip| slip.status == ReservationStatus::Reserved;
        let over = |slip: &&Slip| slip.ends_at.is_some_and(|end| end <= now);
        let due = self.slips.iter().filter(held).filter(over);
        due.map(|slip| slip.id).collect()
    }

    pub(crate) fn stock(&self) -> Stock {
        Stock {
            total: self.total,
            available: self.available(),
            reserved: self.units(ReservationStatus::Reserved),
            sold: self.units(ReservationStatus::Confirmed),
            waiting: self.line.len(),
        }
    }

    fn slip(&mut self, id: ReservationId) -> Option<&mut Slip> {
        self.slips.iter_mut().find(|slip| slip.id == id)
    }

    fn position(&self, id: ReservationId) -> Option<usize> {
        let ahead = self.line.iter().position(|&waiting| waiting == id);
        ahead.map(|ahead| ahead + 1)
    }

    fn begin_hold(&mut self, history: &History, id: ReservationId, now: DateTime<Utc>, times: i32) {
        let hold_seconds = self.hold_seconds;
        let Some(slip) = self.slip(id) else { return };
        slip.verdict = history.judge(&slip.user, now);
        let seconds = slip.verdict.tier.seconds(hold_seconds, times);
        slip.ttl_seconds = Some(seconds);
        slip.ends_at = Some(now + Duration::seconds(seconds));
        slip.become_at(ReservationStatus::Reserved, now);
    }

    fn serve(&mut self, history: &History, now: DateTime<Utc>) -> i64 {
        let mut promoted = 0;
        while let Some(&head) = self.line.first()
            && self
                .slip(head)
                .map(|slip| slip.quantity)
                .is_some_and(|q| q <= self.available())
        {
            self.line.remove(0);
            self.begin_hold(history, head, now, 2);
            promoted += 1;
        }
        promoted
    }
}

impl Model {
    /// The holds in `ended` run out; all of them are back before any is offered on. Returns how
    /// many reservations were promoted.
    pub(crate) fn expire(&mut self, sku: &Sku, ended: &[ReservationId], now: DateTime<Utc>) -> i64 {
        let Some((stall, history)) = self.stall(sku) else {
            return 0;
        };
        for &id in ended {
            let Some(slip) = stall.slip(id) else { continue };
            slip.become_at(ReservationStatus::Expired, now);
            history.add(slip, now);
        }
        if ended.is_empty() {
            0
        } else {
            stall.serve(history, now)
        }
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
            let promoted = stall.serve(history, now);
            Answer::Restocked {
                stock: stall.stock(),
                promoted,
                replayed: false,
            }
        })
    }

    fn confirm(&mut self, ask: &Confirm, now: DateTime<Utc>) -> Answer {
        let stall = self.stall(&ask.sku);
        let found =
            stall.and_then(|(stall, history)| Some((stall.slip(ask.reservation_id)?, history)));
        let Some((slip, history)) = found else {
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
        Answer::Found(slip.clone())
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

impl Stall {
    fn reserve_anew(&mut self, history: &History, ask: &Reserve, now: DateTime<Utc>) -> Answer {
        let (id, quantity) = (ask.reservation_id, ask.quantity.units());
        if let Some(live) = self.live(&ask.user_id) {
            let position = self.position(live.id);
            return if live.quantity == quantity {
                Answer::reserved(Standing::Existing, live, position)
            } else {
                Answer::Refused(Refusal::LiveReservationExists(live, position))
            };
        }
        if quantity > self.total {
            return Answer::Refused(Refusal::ExceedsTotal(self.total));
        }
        let has_stock = self.line.is_empty() && quantity <= self.available();
        let has_room = self.waitlist_limit.is_none_or(|n| self.line.len() < n);
        if !has_stock && !has_room {
            return Answer::Refused(Refusal::SoldOut);
        }
        let mut slip = Slip::new(ask, history.judge(&ask.user_id, now), now);
        let standing = if has_stock {
            self.slips.push(slip);
            self.begin_hold(history, id, now, 1);
            Standing::Held
        } else {
            let before = self.slips.iter().filter_map(|slip| slip.sequence).max();
            slip.sequence = Some(before.unwrap_or(0) + 1);
            self.slips.push(slip);
            self.line.push(id);
            Standing::Waitlisted
        };
        let position = self.position(id);
        match self.slip(id) {
            Some(slip) => Answer::reserved(standing, slip.clone(), position),
            None => unreachable!("it was pushed above"),
        }
    }

    fn live(&self, user: &UserId) -> Option<Slip> {
        let mut theirs = self.slips.iter().filter(|slip| slip.user == *user);
        theirs.find(|slip| slip.status.is_live()).cloned()
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
