//! Tells a long transaction from one that has stalled.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// The least time that one step may take, however short a request's time: a large commit is slow.
const MIN_STEP_TIMEOUT: Duration = Duration::from_secs(2);

/// When a transaction completed its last step.
#[derive(Debug)]
pub(super) struct Progress {
    began: Instant,
    /// Milliseconds from the beginning to the last step.
    last: AtomicU64,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            last: AtomicU64::new(0),
        }
    }
}

impl Progress {
    /// Call it whenever the database has answered, and after long computations.
    pub(super) fn step(&self) {
        let millis = self.began.elapsed().as_millis();
        let millis = u64::try_from(millis).unwrap_or(u64::MAX);
        self.last.store(millis, Ordering::Relaxed);
    }

    fn last(&self) -> Instant {
        self.began + Duration::from_millis(self.last.load(Ordering::Relaxed))
    }

    /// Waits for `work` until `deadline`, and beyond it as long as each step takes at most
    /// `step_timeout`, or [`MIN_STEP_TIMEOUT`] if that is longer: a restock may promote a waitlist of
    /// any length. `None` when the work has stalled.
    pub(super) async fn wait<T>(
        &self,
        deadline: Instant,
        step_timeout: Duration,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let mut work = pin!(work);
        let mut until = deadline;
        loop {
            if let Ok(done) = timeout_at(until, &mut work).await {
                return Some(done);
            }
            until = self.last() + step_timeout.max(MIN_STEP_TIMEOUT);
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

    use super::Progress;

    const TIMEOUT: Duration = Duration::from_secs(5);

    #[tokio::test(start_paused = true)]
    async fn work_that_makes_progress_may_outlast_its_deadline() {
        let progress = Progress::default();
        let work = async {
            for _ in 0..10 {
                sleep(Duration::from_secs(4)).await;
                progress.step();
            }
        };
        let done = progress.wait(Instant::now() + TIMEOUT, TIMEOUT, work).await;
        assert_eq!(done, Some(()));
    }

    #[tokio::test(start_paused = true)]
    async fn stalled_work_is_abandoned() {
        let progress = Progress::default();
        let started = Instant::now();
        let early = Duration::from_secs(1);
        let work = async {
            sleep(early).await;
            progress.step();
            sleep(Duration::from_mins(1)).await;
        };
        let done = progress.wait(started + TIMEOUT, TIMEOUT, work).await;
        assert_eq!(done, None);
        assert_eq!(started.elapsed(), early + TIMEOUT);
    }
}
