//! A SKU as the checker sees it: what is held, what waits, and what time does to both.

use std::collections::BTreeMap;

use super::model::{Answer, Call, Counters, History, Id, Micros, Status};

/// A SKU as it stands after some of the calls.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Shelf {
    /// The database's clock is not behind this.
    pub(super) now: Micros,
    pub(super) total: i64,
    pub(super) slips: BTreeMap<Id, Status>,
    pub(super) line: Vec<Id>,
    /// By endpoint and key: the body, and what was answered.
    pub(super) keys: BTreeMap<(&'static str, String), (String, Answer)>,
}

/// When a line is served.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    At(Micros),
    /// At an instant that no answer told of, but not after this one.
    By(Micros),
}

impl Shelf {
    pub(super) fn open(history: &History) -> Self {
        Self {
            now: Micros::MIN,
            total: history.units,
            slips: BTreeMap::new(),
            line: Vec::new(),
            keys: BTreeMap::new(),
        }
    }

    /// The state after the holds that are next to run out have done so and the line was served,
    /// without any call.
    pub(super) fn after_expiry(&self, history: &History) -> Option<Self> {
        let held = self.with(Status::Reserved);
        let over = held.filter_map(|id| history.facts.get(id)?.hold);
        let next = over.map(|(_, over)| over).min()?;
        let mut stand = self.clone();
        stand.now = stand.now.max(next);
        stand.sweep(history, next, When::By(Micros::MAX))?;
        (!stand.is_late(history)).then_some(stand)
    }
}

/// Time.
impl Shelf {
    /// Lets the clock come to `at`, or to where the call began, and ends what is due by then.
    pub(super) fn advanced(
        &self,
        history: &History,
        call: &Call,
        at: Option<Micros>,
    ) -> Option<Self> {
        let mut stand = self.clone();
        stand.now = stand.now.max(call.earliest());
        let mut when = When::By(call.latest());
        if let Some(at) = at {
            if at < stand.now {
                return None;
            }
            stand.now = at;
            when = When::At(at);
        }
        stand.sweep(history, stand.now, when)?;
        Some(stand)
    }

    /// Ends all holds that are over by `until`, then serves the line. `None` when that comes later
    /// than it may.
    fn sweep(&mut self, history: &History, until: Micros, when: When) -> Option<()> {
        let held = self.with(Status::Reserved);
        let is_over = |id: &&Id| hold(history, id).is_some_and(|(_, over)| over <= until);
        let due: Vec<_> = held.filter(is_over).cloned().collect();
        if due.is_empty() {
            return Some(());
        }
        let over = due.iter().filter_map(|id| hold(history, id));
        let deadline = over.map(|(_, over)| history.deadline(over)).min()?;
        let when = match when {
            When::At(at) if at > deadline => return None,
            When::At(at) => When::At(at),
            When::By(latest) => When::By(latest.min(deadline)),
        };
        for id in due {
            self.slips.insert(id, Status::Expired);
        }
        self.serve(history, when).map(|_| ())
    }

    /// Promotes the servable reservations of the line in order, until the first of them does not
    /// fit. `None` when the answers tell of no such promotion.
    pub(super) fn serve(&mut self, history: &History, when: When) -> Option<i64> {
        let mut promoted = 0;
        while let Some(next) = self.first_servable(history)
            && history.facts[&self.line[next]].units <= self.counters(history).available
        {
            let (begun, _) = hold(history, &self.line[next])?;
            let in_time = match when {
                When::At(at) => begun == at,
                When::By(latest) => (self.now..=latest).contains(&begun),
            };
            if !in_time {
                return None;
            }
            self.now = begun;
            let served = self.line.remove(next);
            self.slips.insert(served, Status::Reserved);
            promoted += 1;
        }
        Some(promoted)
    }

    /// The place in the line of the first reservation that the units which are not sold could
    /// still serve.
    pub(super) fn first_servable(&self, history: &History) -> Option<usize> {
        let unsold = self.total - self.counters(history).sold;
        let mut line = self.line.iter();
        line.position(|id| history.facts[id].units <= unsold)
    }

    /// Whether a hold stands that must have been ended before that instant.
    pub(super) fn is_overdue(&self, history: &History, at: Micros) -> bool {
        let mut held = self.with(Status::Reserved);
        held.any(|id| hold(history, id).is_some_and(|(_, over)| history.deadline(over) < at))
    }

    /// Whether only the clock may differ.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let Self {
            now: _,
            total,
            slips,
            line,
            keys,
        } = self;
        (total, slips, line, keys) == (&other.total, &other.slips, &other.line, &other.keys)
    }

    /// Whether the clock has passed an instant at which something happened that has not yet.
    pub(super) fn is_late(&self, history: &History) -> bool {
        history.facts.iter().any(|(id, facts)| {
            let passed = |instant: Option<Micros>| instant.is_some_and(|at| at < self.now);
            match self.slips.get(id) {
                None => passed(Some(facts.created)),
                Some(Status::Waitlisted) => {
                    passed(facts.ended) || passed(facts.hold.map(|(begun, _)| begun))
                }
                Some(Status::Reserved) => passed(facts.ended),
                Some(_) => false,
            }
        })
    }
}

/// Counting.
impl Shelf {
    pub(super) fn with(&self, status: Status) -> impl Iterator<Item = &Id> {
        let slips = self.slips.iter().filter(move |slip| *slip.1 == status);
        slips.map(|(id, _)| id)
    }

    fn units(&self, history: &History, status: Status) -> i64 {
        self.with(status).map(|id| history.facts[id].units).sum()
    }

    pub(super) fn counters(&self, history: &History) -> Counters {
        let reserved = self.units(history, Status::Reserved);
        let sold = self.units(history, Status::Confirmed);
        Counters {
            available: self.total - reserved - sold,
            reserved,
            sold,
            total: self.total,
            waiting: i64::try_from(self.line.len()).unwrap_or(i64::MAX),
        }
    }

    pub(super) fn told(&self, status: u16, id: &Id) -> Answer {
        let ahead = self.line.iter().position(|waiting| waiting == id);
        Answer::Reserved {
            status,
            id: id.clone(),
            position: ahead.and_then(|ahead| i64::try_from(ahead + 1).ok()),
            replayed: false,
        }
    }
}

/// From when until when a reservation held stock.
pub(super) fn hold(history: &History, id: &Id) -> Option<(Micros, Micros)> {
    history.facts.get(id)?.hold
}
