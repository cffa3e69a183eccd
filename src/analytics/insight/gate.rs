//! Whether the model may be asked now: so many calls a minute, and a rest after failures.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// The time that the budget is of.
const MINUTE: Duration = Duration::from_mins(1);

/// After so many failures in a row the model is left alone …
const FAILURES: u32 = 3;

/// … for so long. Then one call tries whether it is well again.
pub(super) const REST: Duration = Duration::from_secs(30);

/// Lets calls through. No minute, wherever it begins, has more of them than the budget.
#[derive(Debug)]
pub(super) struct Gate {
    budget: usize,
    /// When the calls of the last minute began.
    calls: VecDeque<Instant>,
    failures: u32,
    rests_until: Option<Instant>,
}

/// Why a call was not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// It has failed too often.
    Resting,
    /// The budget is spent.
    Spent,
}

impl Gate {
    pub(super) fn new(budget: u16) -> Self {
        Self {
            budget: budget.into(),
            calls: VecDeque::new(),
            failures: 0,
            rests_until: None,
        }
    }

    /// Lets one call through, which counts from now on.
    pub(super) fn pass(&mut self, now: Instant) -> Result<(), Held> {
        if self.rests_until.is_some_and(|until| now < until) {
            return Err(Held::Resting);
        }
        while self.calls.front().is_some_and(|call| now - *call >= MINUTE) {
            self.calls.pop_front();
        }
        if self.calls.len() >= self.budget {
            return Err(Held::Spent);
        }
        self.calls.push_back(now);
        // Should the trial never tell how it went, the next one comes by itself.
        self.rests_until = self.rests_until.map(|_over| now + REST);
        Ok(())
    }

    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
        self.rests_until = None;
    }

    /// Returns whether the model is left alone now and was not before.
    pub(super) fn failed(&mut self, now: Instant) -> bool {
        self.failures = self.failures.saturating_add(1);
        let rests = self.failures >= FAILURES;
        let newly = rests && self.rests_until.is_none();
        if rests {
            self.rests_until = Some(now + REST);
        }
        newly
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Gate, Held, MINUTE, REST};

    const BLINK: Duration = Duration::from_millis(1);

    fn tired(now: Instant) -> Gate {
        let mut gate = Gate::new(100);
        for nth in 1..=3 {
            assert_eq!(gate.pass(now), Ok(()));
            assert_eq!(gate.failed(now), nth == 3);
        }
        gate
    }

    #[test]
    fn no_minute_has_more_calls_than_the_budget() {
        let begin = Instant::now();
        let mut gate = Gate::new(3);
        let mut passed = Vec::new();
        for second in 0..300 {
            let now = begin + Duration::from_secs(second);
            match gate.pass(now) {
                Ok(()) => passed.push(now),
                Err(held) => assert_eq!(held, Held::Spent),
            }
        }
        assert_eq!(passed.len(), 15);
        for calls in passed.windows(4) {
            assert!(calls[3] - calls[0] >= MINUTE);
        }
    }

    #[test]
    fn after_three_failures_in_a_row_the_model_rests() {
        let now = Instant::now();
        let mut gate = tired(now);
        assert_eq!(gate.pass(now + REST - BLINK), Err(Held::Resting));
        assert_eq!(gate.pass(now + REST), Ok(()));
    }

    #[test]
    fn failures_that_a_success_parts_are_not_in_a_row() {
        let now = Instant::now();
        let mut gate = Gate::new(100);
        for _ in 0..5 {
            for _ in 0..2 {
                assert!(!gate.failed(now));
            }
            gate.succeeded();
        }
        assert_eq!(gate.pass(now), Ok(()));
    }

    #[test]
    fn one_call_tries_whether_the_model_is_well_again() {
        let now = Instant::now();
        let mut gate = tired(now);
        let later = now + REST;
        assert_eq!(gate.pass(later), Ok(()));
        assert_eq!(gate.pass(later), Err(Held::Resting), "one trial at a time");
        assert!(!gate.failed(later), "it rests already");
        assert_eq!(gate.pass(later + REST - BLINK), Err(Held::Resting));
        assert_eq!(gate.pass(later + REST), Ok(()));
        gate.succeeded();
        assert_eq!(gate.pass(later + REST), Ok(()));
        assert_eq!(gate.pass(later + REST), Ok(()));
    }

    #[test]
    fn a_trial_that_is_never_heard_of_again_does_not_end_all_trials() {
        let now = Instant::now();
        let mut gate = tired(now);
        assert_eq!(gate.pass(now + REST), Ok(()));
        assert_eq!(gate.pass(now + REST + REST), Ok(()));
    }
}
