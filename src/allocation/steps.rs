//! Tells a long transaction from one that has fallen silent.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// Counts the steps that a transaction has made.
#[derive(Debug, Default)]
pub(super) struct Steps(AtomicU64);

impl Steps {
    /// To be called whenever the database has answered.
    pub(super) fn made(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Waits for `work` until `deadline`, and beyond it for as long as it makes a step within each
    /// `patience`: a restock may have to promote a line of any length. `None` when it came to a
    /// standstill.
    pub(super) async fn wait<T>(
        &self,
        deadline: Instant,
        patience: Duration,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let mut work = pin!(work);
        let mut until = deadline;
        let mut seen = self.count();
        loop {
            if let Ok(done) = timeout_at(until, &mut work).await {
                return Some(done);
            }
            if self.count() == seen {
                return None;
            }
            seen = self.count();
            until = Instant::now() + patience;
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
        let work = async {
            steps.made();
            sleep(Duration::from_mins(1)).await;
        };
        let done = steps.wait(started + PATIENCE, PATIENCE, work).await;
        assert_eq!(done, None);
        assert_eq!(started.elapsed(), 2 * PATIENCE);
    }
}
