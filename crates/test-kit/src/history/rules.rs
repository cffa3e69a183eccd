//! The rules of API.md for one SKU and one command at a time, on plain lists: what the checker
//! holds histories against. It shares nothing with the code that it judges.

use std::collections::BTreeMap;

use super::model::{Answer, Ask, Call, Facts, History, Id, Micros, Status};
use super::shelf::{Shelf, When, hold};

impl Shelf {
    /// The states in which `call` may leave the shelf if it is the next to take effect: none if it
    /// can't have been answered so.
    pub(super) fn after(&self, history: &History, call: &Call) -> Vec<Self> {
        if self.is_overdue(history, call.earliest()) {
            return Vec::new();
        }
        let steps = match &call.ask {
            Ask::Reserve { user, units, key } => {
                self.reserves(history, call, user, *units, key.as_ref())
            }
            Ask::Confirm(id) => self.ends(history, call, id, Status::Confirmed),
            Ask::Cancel(id) => self.ends(history, call, id, Status::Cancelled),
            Ask::Restock { units, key } => self.restocks(history, call, *units, key.as_ref()),
            Ask::Stock => self.reads(call.answer == Answer::Counted(self.counters(history))),
            Ask::Status(id) => self.reads_status(history, call, id),
            Ask::List => self.reads_list(history, call),
        };
        let keeps_up = |stand: &Self| stand.now <= call.latest() && !stand.is_late(history);
        steps.into_iter().filter(keeps_up).collect()
    }
}

/// Commands.
impl Shelf {
    fn reserves(
        &self,
        history: &History,
        call: &Call,
        user: &str,
        units: i64,
        key: Option<&String>,
    ) -> Vec<Self> {
        // An unknown reserve made one of those that are in the books at last, or found a live one.
        let makes = |(id, facts): &(&Id, &Facts)| {
            !self.slips.contains_key(*id) && facts.user == user && facts.units == units
        };
        let made: Vec<_> = match &call.answer {
            Answer::Unknown => {
                let made = history.facts.iter().filter(makes);
                let made = made.map(|(id, _)| Some(id));
                made.chain([None]).collect()
            }
            Answer::Reserved {
                status: 201 | 202,
                id,
                replayed: false,
                ..
            } => vec![Some(id)],
            _ => vec![None],
        };
        let step = |id: Option<&Id>| {
            let at = id.map(|id| history.facts[id].created);
            let mut stand = self.advanced(history, call, at)?;
            let body = format!("{user} {units}");
            let told = stand.once("reserve", key, &body, |stand| {
                stand.reserve_anew(history, user, units, id)
            })?;
            let is_so = call.answer == Answer::Unknown || call.answer == told;
            is_so.then_some(stand)
        };
        made.into_iter().filter_map(step).collect()
    }

    /// `None` when a new reservation would have been made, but `made` says that none was.
    fn reserve_anew(
        &mut self,
        history: &History,
        user: &str,
        units: i64,
        made: Option<&Id>,
    ) -> Option<Answer> {
        let refused = |code: &str| Some(Answer::Refused(code.to_owned()));
        let is_theirs = |id: &&Id| history.facts[*id].user == user;
        let held = self.with(Status::Reserved);
        let live = held.chain(&self.line).find(is_theirs).cloned();
        if let Some(live) = live {
            return if history.facts[&live].units == units {
                Some(self.told(200, &live))
            } else {
                refused("live-reservation-exists")
            };
        }
        let nobody_is_passed = self.first_servable(history).is_none();
        let has_stock = nobody_is_passed && units <= self.counters(history).available;
        let has_room = history.waitlist_limit.is_none_or(|n| self.line.len() < n);
        // A SKU without any units takes waiters before its first delivery.
        if units > self.total && self.total != 0 {
            return refused("exceeds-total");
        }
        if !has_stock && !has_room {
            return refused("sold-out");
        }
        let id = made?;
        if self.slips.contains_key(id) {
            return None;
        }
        if has_stock {
            let (begun, _) = hold(history, id)?;
            self.slips.insert(id.clone(), Status::Reserved);
            (begun == self.now).then(|| self.told(201, id))
        } else {
            self.slips.insert(id.clone(), Status::Waitlisted);
            self.line.push(id.clone());
            Some(self.told(202, id))
        }
    }

    /// A confirm or a cancel.
    fn ends(&self, history: &History, call: &Call, id: &Id, end: Status) -> Vec<Self> {
        if !self.slips.contains_key(id) {
            // Without a lock, and so without an instant.
            return self.reads(call.answer == Answer::Refused("unknown-reservation".to_owned()));
        }
        let ended = history.facts.get(id).and_then(|facts| facts.ended);
        let effect = ended.and_then(|at| self.ended(history, call, (id, end), at));
        let without = || {
            let stand = self.advanced(history, call, None)?;
            let told = match (stand.slips.get(id)?, end) {
                (Status::Reserved, _) | (Status::Waitlisted, Status::Cancelled) => {
                    return None;
                }
                (Status::Expired, _) => Answer::Refused("reservation-expired".to_owned()),
                (is, _) if *is == end => Answer::Is(end),
                (Status::Confirmed, _) => Answer::Refused("already-confirmed".to_owned()),
                (Status::Waitlisted | Status::Cancelled, _) => {
                    Answer::Refused("not-confirmable".to_owned())
                }
            };
            (told == call.answer).then_some(stand)
        };
        effect.into_iter().chain(without()).collect()
    }

    fn ended(
        &self,
        history: &History,
        call: &Call,
        (id, end): (&Id, Status),
        at: Micros,
    ) -> Option<Self> {
        let is_told = call.answer == Answer::Is(end);
        if !is_told && call.answer != Answer::Unknown {
            return None;
        }
        let mut stand = self.advanced(history, call, Some(at))?;
        let may_end = match stand.slips.get(id)? {
            Status::Reserved => true,
            Status::Waitlisted => end == Status::Cancelled,
            Status::Confirmed | Status::Cancelled | Status::Expired => false,
        };
        if !may_end {
            return None;
        }
        stand.slips.insert(id.clone(), end);
        stand.line.retain(|waiting| waiting != id);
        // A sale serves, too: a waiter that wants more than is left unsold makes way.
        stand.serve(history, When::At(at))?;
        Some(stand)
    }

    fn restocks(
        &self,
        history: &History,
        call: &Call,
        units: i64,
        key: Option<&String>,
    ) -> Vec<Self> {
        let step = |at: Option<Micros>| {
            let mut stand = self.advanced(history, call, at)?;
            let told = stand.once("restock", key, &units.to_string(), |stand| {
                if stand.counters(history).available + units < 0 {
                    return Some(Answer::Refused("insufficient-stock".to_owned()));
                }
                stand.total += units;
                // Taking units away serves, too, like a sale.
                let when = at.map_or(When::By(call.latest()), When::At);
                let promoted = stand.serve(history, when)?;
                Some(Answer::Restocked {
                    counters: stand.counters(history),
                    promoted,
                    replayed: false,
                })
            })?;
            let is_so = call.answer == Answer::Unknown || call.answer == told;
            is_so.then_some(stand)
        };
        let replayed = matches!(call.answer, Answer::Restocked { replayed: true, .. });
        let refused = matches!(call.answer, Answer::Refused(_));
        let at = history.restock_instant(call);
        step(at.filter(|_| !replayed && !refused))
            .into_iter()
            .collect()
    }

    /// Answers a key that took effect as it was answered then; a refusal leaves no trace.
    fn once(
        &mut self,
        endpoint: &'static str,
        key: Option<&String>,
        body: &str,
        effect: impl FnOnce(&mut Self) -> Option<Answer>,
    ) -> Option<Answer> {
        let scope = key.map(|key| (endpoint, key.clone()));
        if let Some((earlier, answer)) = scope.as_ref().and_then(|scope| self.keys.get(scope)) {
            return Some(if earlier == body {
                again(answer.clone())
            } else {
                Answer::Refused("idempotency-key-reused".to_owned())
            });
        }
        let answer = effect(self)?;
        if let Some(scope) = scope
            && !matches!(answer, Answer::Refused(_))
        {
            self.keys.insert(scope, (body.to_owned(), answer.clone()));
        }
        Some(answer)
    }
}

/// Looks, which end no hold: its stock may be back a little later.
impl Shelf {
    fn reads(&self, is_so: bool) -> Vec<Self> {
        is_so.then(|| self.clone()).into_iter().collect()
    }

    fn reads_status(&self, history: &History, call: &Call, id: &Id) -> Vec<Self> {
        let Answer::Is(told) = &call.answer else {
            return self.reads(
                !self.slips.contains_key(id)
                    && call.answer == Answer::Refused("unknown-reservation".to_owned()),
            );
        };
        let told = BTreeMap::from([(id.clone(), *told)]);
        self.read(history, call, &told).into_iter().collect()
    }

    fn reads_list(&self, history: &History, call: &Call) -> Vec<Self> {
        match &call.answer {
            Answer::Listed(told) if told.len() == self.slips.len() => {
                self.read(history, call, told).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// From its end on a hold reads as expired, swept or not, and before it does not.
    fn read(&self, history: &History, call: &Call, told: &BTreeMap<Id, Status>) -> Option<Self> {
        let mut stand = self.clone();
        for (id, told) in told {
            match (self.slips.get(id)?, told) {
                (Status::Reserved, Status::Expired) => {
                    stand.now = stand.now.max(hold(history, id)?.1);
                }
                (is, told) if is == told => {}
                _ => return None,
            }
        }
        let mut held = told.iter().filter(|(_, told)| **told == Status::Reserved);
        let now = stand.now.max(call.earliest());
        let in_time = held.all(|(id, _)| hold(history, id).is_some_and(|h| h.1 > now));
        in_time.then_some(stand)
    }
}

/// The same answer, said to a repetition.
fn again(mut answer: Answer) -> Answer {
    if let Answer::Reserved { replayed, .. } | Answer::Restocked { replayed, .. } = &mut answer {
        *replayed = true;
    }
    answer
}
