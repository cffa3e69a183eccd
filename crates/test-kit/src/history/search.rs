//! Looks for an order of the calls that the rules allow and that respects real time: the search of
//! Wing and Gong, with Lowe's memory of what was tried.

use std::collections::HashSet;
use std::fmt::Write;

use super::model::{Answer, Breach, Call, History, Micros, Status};
use super::shelf::{Shelf, hold};

/// How many states a search may visit. One that needs more fails: it has proved nothing.
const BUDGET: usize = 50_000;

/// That some order of the calls explains every answer.
///
/// A call whose outcome is unknown may have taken effect at any time after it began, or never.
///
/// # Errors
/// The history as far as it could be explained, when there is no such order or the budget is spent.
pub fn check(history: &History) -> Result<(), Breach> {
    check_within(history, BUDGET)
}

/// The same with a budget of its own.
pub fn check_within(history: &History, budget: usize) -> Result<(), Breach> {
    if let Some(breach) = history.breaches.first() {
        return Err(breach.clone());
    }
    let mut search = Search {
        history,
        calls: sorted(&history.calls),
        tried: HashSet::new(),
        budget,
        best: Vec::new(),
    };
    let mut order = Vec::new();
    let done = vec![false; search.calls.len()];
    match search.explain(&Shelf::open(history), &done, &mut order) {
        Found::Yes => Ok(()),
        Found::No => Err(search.report("no order of the calls explains the answers")),
        Found::Exhausted => Err(search.report("the budget of the search is spent")),
    }
}

/// In the order of their ends, which is near to one that explains them.
fn sorted(calls: &[Call]) -> Vec<&Call> {
    let mut calls: Vec<_> = calls.iter().collect();
    calls.sort_by_key(|call| (end(call), call.begun));
    calls
}

/// A call whose outcome is unknown has no end.
fn end(call: &Call) -> Micros {
    match call.answer {
        Answer::Unknown => Micros::MAX,
        _ => call.ended,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Yes,
    No,
    Exhausted,
}

struct Search<'a> {
    history: &'a History,
    calls: Vec<&'a Call>,
    tried: HashSet<(Vec<bool>, Shelf)>,
    budget: usize,
    best: Vec<usize>,
}

impl Search<'_> {
    /// Whether the calls that are not `done` can follow `order`, which has led to `shelf`.
    fn explain(&mut self, stand: &Shelf, done: &[bool], order: &mut Vec<usize>) -> Found {
        if order.len() > self.best.len() {
            self.best.clone_from(order);
        }
        let open = |n: usize| !done[n];
        if (0..done.len()).all(|n| !open(n) || self.is_unknown(n)) {
            return Found::Yes;
        }
        if !self.tried.insert((done.to_owned(), stand.clone())) {
            return Found::No;
        }
        if self.tried.len() > self.budget {
            return Found::Exhausted;
        }
        let steps = self.steps(stand, done);
        for (call, next) in steps {
            let mut done = done.to_owned();
            order.extend(call);
            if let Some(call) = call {
                done[call] = true;
            }
            let found = self.explain(&next, &done, order);
            if found != Found::No {
                return found;
            }
            if call.is_some() {
                order.pop();
            }
        }
        Found::No
    }

    /// What can come next: a call, or `None` for the end of a hold.
    fn steps(&self, stand: &Shelf, done: &[bool]) -> Vec<(Option<usize>, Shelf)> {
        let open = (0..done.len()).filter(|&n| !done[n]);
        let first_end = open.clone().map(|n| end(self.calls[n])).min();
        let may_be_next = |&n: &usize| Some(self.calls[n].begun) <= first_end;
        let mut steps = Vec::new();
        for n in open.filter(may_be_next) {
            for next in stand.after(self.history, self.calls[n]) {
                if !self.only_waits(n, stand, &next, done) {
                    steps.push((Some(n), next));
                } else if !self.is_unknown(n) {
                    // What changes nothing stands in the way of nothing: no other step is needed.
                    return vec![(Some(n), next)];
                }
            }
        }
        let expiry = stand.after_expiry(self.history);
        steps.extend(expiry.map(|next| (None, next)));
        steps
    }

    /// Whether the call changes nothing, and the clock only comes to where it began, past no
    /// instant of a restock and no end of a hold. That it has passed no other instant makes it a
    /// call that can come next.
    fn only_waits(&self, n: usize, stand: &Shelf, next: &Shelf, done: &[bool]) -> bool {
        let passed = stand.now..next.now;
        let open = (0..done.len()).filter(|&n| !done[n]);
        let restocks = open.filter_map(|n| self.history.restock_instant(self.calls[n]));
        let held = stand.with(Status::Reserved);
        let mut ends = held.filter_map(|id| hold(self.history, id));
        next.is_like(stand)
            && !ends.any(|(_, over)| stand.now < over && over <= next.now)
            && next.now <= stand.now.max(self.calls[n].earliest())
            && !restocks.into_iter().any(|at| passed.contains(&at))
    }

    fn is_unknown(&self, n: usize) -> bool {
        self.calls[n].answer == Answer::Unknown
    }

    fn report(&self, why: &str) -> Breach {
        let mut text = format!("{}: {why}\n", self.history.sku);
        let mut line = |mark: &str, call: &Call| {
            let Call {
                ask, answer, begun, ..
            } = call;
            let end = end(call).saturating_sub(*begun);
            let took = if *answer == Answer::Unknown { 0 } else { end };
            writeln!(
                text,
                "  {mark} {begun:>14} +{took} us {ask:?} -> {answer:?}"
            )
            .ok();
        };
        for &n in &self.best {
            line("ok", self.calls[n]);
        }
        for n in (0..self.calls.len()).filter(|n| !self.best.contains(n)) {
            line("??", self.calls[n]);
        }
        for (id, facts) in &self.history.facts {
            writeln!(text, "  {id}: {facts:?}").ok();
        }
        Breach(text)
    }
}
