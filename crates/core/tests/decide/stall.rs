//! One SKU of the model.

use chrono::{DateTime, Duration, Utc};
use fairhold_core::allocation::Reserve;
use fairhold_core::idempotency::Disposition;
use fairhold_core::ids::{ReservationId, Sku, UserId};
use fairhold_core::reservations::ReservationStatus;

use crate::answers::{Answer, Place, Refusal, Slip, Stock};
use crate::fairness::History;

/// How far one transaction may serve.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reach {
    /// The last sequence that it knows, unless it knows the whole line.
    pub(crate) through: Option<i64>,
    pub(crate) promotions: i64,
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
    /// Whether the last transaction stopped at its bound.
    pub(crate) serving: bool,
    /// How far this transaction knows the line, and how many it may still promote.
    pub(crate) reach: Reach,
    /// Changes of the stock, each with its reason.
    pub(crate) restocks: Vec<(i64, Option<String>)>,
    pub(crate) keys: Vec<(String, String, Answer)>,
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
            serving: false,
            reach: Reach::default(),
            restocks: Vec::new(),
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

    pub(crate) fn slip(&mut self, id: ReservationId) -> Option<&mut Slip> {
        self.slips.iter_mut().find(|slip| slip.id == id)
    }

    fn position(&self, id: ReservationId) -> Option<Place> {
        let ahead = self.line.iter().position(|&waiting| waiting == id);
        ahead.map(|ahead| (ahead + 1, self.is_servable(id)))
    }

    /// Whether all that is not sold would suffice for it.
    fn is_servable(&self, id: ReservationId) -> bool {
        let unsold = self.total - self.units(ReservationStatus::Confirmed);
        self.of(id).quantity <= unsold
    }

    fn of(&self, id: ReservationId) -> &Slip {
        let slip = self.slips.iter().find(|slip| slip.id == id);
        slip.unwrap_or_else(|| panic!("{id} waits but is not there"))
    }

    /// Whether somebody ahead of `id`, or anybody for `None`, is to be served first.
    pub(crate) fn servable_ahead(&self, id: Option<ReservationId>) -> bool {
        let ahead = self.line.iter().take_while(|&&waiting| Some(waiting) != id);
        self.reach.through.is_some() || ahead.copied().any(|ahead| self.is_servable(ahead))
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

    pub(crate) fn serve(&mut self, history: &History, now: DateTime<Utc>) -> i64 {
        let mut promoted = 0;
        let through = self.reach.through;
        self.serving = loop {
            let known = |id: &&ReservationId| {
                through.is_none_or(|through| self.of(**id).sequence <= Some(through))
            };
            let line = self.line.iter().take_while(known);
            let Some(head) = line.copied().find(|&id| self.is_servable(id)) else {
                break self.available() > 0 && through.is_some();
            };
            if self.of(head).quantity > self.available() {
                break false;
            }
            if self.reach.promotions == 0 {
                break true;
            }
            self.line.retain(|&waiting| waiting != head);
            self.begin_hold(history, head, now, 2);
            self.reach.promotions -= 1;
            promoted += 1;
        };
        promoted
    }
}

impl Stall {
    pub(crate) fn reserve_anew(
        &mut self,
        history: &History,
        ask: &Reserve,
        now: DateTime<Utc>,
    ) -> Answer {
        let (id, quantity) = (ask.reservation_id, ask.quantity.units());
        if let Some(live) = self.live(&ask.user_id) {
            let position = self.position(live.id);
            return if live.quantity == quantity {
                Answer::reserved(Disposition::Existing, live, position)
            } else {
                Answer::Refused(Refusal::LiveReservationExists(live, position))
            };
        }
        if quantity > self.total && self.total > 0 {
            return Answer::Refused(Refusal::ExceedsTotal(self.total));
        }
        let has_stock = !self.servable_ahead(None) && quantity <= self.available();
        let has_room = self.waitlist_limit.is_none_or(|n| self.line.len() < n);
        if !has_stock && !has_room {
            return Answer::Refused(Refusal::SoldOut);
        }
        let mut slip = Slip::new(ask, history.judge(&ask.user_id, now), now);
        let disposition = if has_stock {
            self.slips.push(slip);
            self.begin_hold(history, id, now, 1);
            Disposition::Held
        } else {
            let before = self.slips.iter().filter_map(|slip| slip.sequence).max();
            slip.sequence = Some(before.unwrap_or(0) + 1);
            self.slips.push(slip);
            self.line.push(id);
            Disposition::Waitlisted
        };
        let position = self.position(id);
        match self.slip(id) {
            Some(slip) => Answer::reserved(disposition, slip.clone(), position),
            None => unreachable!("it was pushed above"),
        }
    }

    fn live(&self, user: &UserId) -> Option<Slip> {
        let mut theirs = self.slips.iter().filter(|slip| slip.user == *user);
        theirs.find(|slip| slip.status.is_live()).cloned()
    }
}
