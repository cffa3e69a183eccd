//! Limits calls to the model: a budget for each minute, and a pause after repeated failures.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

const MINUTE: Duration = Duration::from_mins(1);

/// So many failures in a row open the circuit.
const FAILURES: u32 = 3;

/// How long the circuit stays open. Then one trial call is allowed.
pub(super) const OPEN_TIME: Duration = Duration::from_secs(30);

/// No minute, wherever it begins, has more calls than the budget.
#[derive(Debug)]
pub(super) struct CircuitBreaker {
    budget: usize,
    /// When the calls of the last minute began.
    calls: VecDeque<Instant>,
    failures: u32,
    open_until: Option<Instant>,
}

/// Why a call is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rejection {
    CircuitOpen,
    BudgetSpent,
}

impl CircuitBreaker {
    pub(super) fn new(budget: u16) -> Self {
        Self {
            budget: budget.into(),
            calls: VecDeque::new(),
            failures: 0,
            open_until: None,
        }
    }

    /// Starts a call, which counts against the budget from now on.
    pub(super) fn start_call(&mut self, now: Instant) -> Result<(), Rejection> {
        if self.open_until.is_some_and(|until| now < until) {
            return Err(Rejection::CircuitOpen);
        }
        while self.calls.front().is_some_and(|call| now - *call >= MINUTE) {
            self.calls.pop_front();
        }
        if self.calls.len() >= self.budget {
            return Err(Rejection::BudgetSpent);
        }
        self.calls.push_back(now);
        // A trial call that never reports its outcome must not block the next trial.
        self.open_until = self.open_until.map(|_elapsed| now + OPEN_TIME);
        Ok(())
    }

    pub(super) fn record_success(&mut self) {
        self.failures = 0;
        self.open_until = None;
    }

    /// Returns whether this failure opened the circuit.
    pub(super) fn record_failure(&mut self, now: Instant) -> bool {
        self.failures = self.failures.saturating_add(1);
        let opens = self.failures >= FAILURES;
        let was_closed = self.open_until.is_none();
        if opens {
            self.open_until = Some(now + OPEN_TIME);
        }
        opens && was_closed
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{CircuitBreaker, MINUTE, OPEN_TIME, Rejection};

    const MILLISECOND: Duration = Duration::from_millis(1);

    fn open_circuit(now: Instant) -> CircuitBreaker {
        let mut breaker = CircuitBreaker::new(100);
        for nth in 1..=3 {
            assert_eq!(breaker.start_call(now), Ok(()));
            assert_eq!(breaker.record_failure(now), nth == 3);
        }
        breaker
    }

    #[test]
    fn no_minute_has_more_calls_than_the_budget() {
        let begin = Instant::now();
        let mut breaker = CircuitBreaker::new(3);
        let mut allowed = Vec::new();
        for second in 0..300 {
            let now = begin + Duration::from_secs(second);
            match breaker.start_call(now) {
                Ok(()) => allowed.push(now),
                Err(rejection) => assert_eq!(rejection, Rejection::BudgetSpent),
            }
        }
        assert_eq!(allowed.len(), 15);
        for calls in allowed.windows(4) {
            assert!(calls[3] - calls[0] >= MINUTE);
        }
    }

    #[test]
    fn three_failures_in_a_row_open_the_circuit() {
        let now = Instant::now();
        let mut breaker = open_circuit(now);
        let still_open = breaker.start_call(now + OPEN_TIME - MILLISECOND);
        assert_eq!(still_open, Err(Rejection::CircuitOpen));
        assert_eq!(breaker.start_call(now + OPEN_TIME), Ok(()));
    }

    #[test]
    fn a_success_resets_the_count_of_failures() {
        let now = Instant::now();
        let mut breaker = CircuitBreaker::new(100);
        for _ in 0..5 {
            for _ in 0..2 {
                assert!(!breaker.record_failure(now));
            }
            breaker.record_success();
        }
        assert_eq!(breaker.start_call(now), Ok(()));
    }

    #[test]
    fn one_trial_call_at_a_time_decides_whether_the_circuit_closes() {
        let now = Instant::now();
        let mut breaker = open_circuit(now);
        let later = now + OPEN_TIME;
        assert_eq!(breaker.start_call(later), Ok(()));
        assert_eq!(breaker.start_call(later), Err(Rejection::CircuitOpen));
        assert!(!breaker.record_failure(later), "it was open already");
        let still_open = breaker.start_call(later + OPEN_TIME - MILLISECOND);
        assert_eq!(still_open, Err(Rejection::CircuitOpen));
        assert_eq!(breaker.start_call(later + OPEN_TIME), Ok(()));
        breaker.record_success();
        assert_eq!(breaker.start_call(later + OPEN_TIME), Ok(()));
        assert_eq!(breaker.start_call(later + OPEN_TIME), Ok(()));
    }

    #[test]
    fn a_trial_call_without_an_outcome_does_not_block_the_next_trial() {
        let now = Instant::now();
        let mut breaker = open_circuit(now);
        assert_eq!(breaker.start_call(now + OPEN_TIME), Ok(()));
        assert_eq!(breaker.start_call(now + OPEN_TIME + OPEN_TIME), Ok(()));
    }
}
