//! How long a transaction waits for the rows that other sessions have locked.

use std::time::Duration;

/// The longest wait of a transaction for all of its locks. The batch needs time left for the
/// commands that don't need the locked row.
const MAX: Duration = Duration::from_secs(1);

/// The wait of a transaction that only finds out which command meets the lock.
const BRIEF: Duration = Duration::from_millis(50);

/// The least time for the statement that locks the rows, which must also run on a busy machine.
const MIN_STATEMENT: Duration = Duration::from_millis(200);

/// A limit on the wait of one transaction for its locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LockWait {
    /// That of the session: long enough for the transactions of other processes.
    Full,
    /// Less than that.
    Limited(Duration),
}

impl LockWait {
    pub(super) const BRIEF: Self = Self::Limited(BRIEF);

    /// What the lane's previous turn, which took `spent`, leaves of the wait. A command that arrives
    /// during one turn runs in the next: it waits for locks as long as one transaction may in all.
    ///
    /// After a short turn the next may wait in full, which costs no statement.
    pub(super) fn after(spent: Duration, batch_timeout: Duration) -> Self {
        let full = full(batch_timeout);
        if spent <= full / 10 {
            Self::Full
        } else {
            Self::Limited(full.saturating_sub(spent).max(BRIEF))
        }
    }

    /// Begins a transaction. Read committed: each statement must see what was committed before it
    /// began.
    pub(super) fn begin(self) -> String {
        let begin = "begin isolation level read committed".to_owned();
        match self {
            Self::Full => begin,
            Self::Limited(wait) => format!("{begin}; {}", limits("set local", wait)),
        }
    }
}

/// The limits of a session on the full wait.
pub(super) fn session_limits(batch_timeout: Duration) -> String {
    limits("set", full(batch_timeout))
}

fn full(batch_timeout: Duration) -> Duration {
    MAX.min(batch_timeout / 4)
}

/// The limit on one lock, and on the statement that takes them all.
fn limits(set: &str, wait: Duration) -> String {
    format!(
        "{set} lock_timeout = {}; {set} statement_timeout = {}",
        wait.as_millis(),
        wait.max(MIN_STATEMENT).as_millis()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_turns_wait_no_longer_than_one_transaction_may() {
        let timeout = Duration::from_secs(8);
        let after = |millis| LockWait::after(Duration::from_millis(millis), timeout);
        assert_eq!(after(100), LockWait::Full);
        assert_eq!(after(101), LockWait::Limited(Duration::from_millis(899)));
        assert_eq!(after(949), LockWait::Limited(Duration::from_millis(51)));
        assert_eq!(after(951), LockWait::BRIEF);
        assert_eq!(after(5_000), LockWait::BRIEF);
    }

    #[test]
    fn a_statement_has_the_time_that_it_needs_without_any_lock() {
        assert_eq!(
            LockWait::BRIEF.begin(),
            "begin isolation level read committed; \
             set local lock_timeout = 50; set local statement_timeout = 200"
        );
    }
}
