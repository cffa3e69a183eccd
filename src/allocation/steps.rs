//! Tells a long transaction from one that has fallen silent.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// How long a step may take, however little time a request has: a commit of much takes its time.
const LONG_STEP: Duration = Duration::from_secs(2);

/// Knows when a transaction made its last step.
#[derive(Debug)]
pub(super) struct Steps {
    began: Instant,
    /// Milliseconds from the beginning to the last step.
    last: AtomicU64,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            last: AtomicU64::new(0),
        }
    }
}

impl Steps {
    /// To be called whenever the database has answered, and after a long thought of our own.
    pub(super) fn made(&self) {
        let millis = self.began.elapsed().as_millis();
        let millis = u64::try_from(millis).unwrap_or(u64::MAX);
        self.last.store(millis, Ordering::Relaxed);
    }

    fn last(&self) -> Instant {
        self.began + Duration::from_millis(self.last.load(Ordering::Relaxed))
    }

    /// Waits for `work` until `deadline`, and beyond it for as long as it makes a step within each
    /// `patience`, or [`LONG_STEP`]: a restock may have to promote a line of any length. `None` when it
    /// came to a standstill.
    pub(super) async fn wait<T>(
        &self,
        deadline: Instant,
        patience: Duration,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let mut work = pin!(work);
        let mut until = deadline;
        loop {
            if let Ok(done) = timeout_at(until, &mut work).await {
                return Some(done);
            }
            until = self.last() + patience.max(LONG_STEP);
            if until <= Instant::now() {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::Steps;

    const PATIENCE: Duration = Duration::from_secs(5);

    #[tokio::test(start_paused = true)]
    async fn work_that_advances_may_outlast_its_deadline() {
        let steps = Steps::default();
        let work = async {
            for _ in 0..10 {
                sleep(Duration::from_secs(4)).await;
                steps.made();
            }
        };
        let done = steps.wait(Instant::now() + PATIENCE, PATIENCE, work).await;
        assert_eq!(done, Some(()));
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_stands_still_is_given_up() {
        let steps = Steps::default();
        let started = Instant::now();
        let early = Duration::from_secs(1);
        let work = async {
            sleep(early).await;
            steps.made();
            sleep(Duration::from_mins(1)).await;
        };
        let done = steps.wait(started + PATIENCE, PATIENCE, work).await;
        assert_eq!(done, None);
        assert_eq!(started.elapsed(), early + PATIENCE);
    }
}
