//! What background jobs share: a loop with a pause, and logging a failure only once until it ends.

use std::fmt::Display;
use std::time::Duration;

use rand::Rng;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// A background job that runs again and again.
pub trait PeriodicJob: Send {
    /// Runs once, and returns the pause before the next run.
    fn run(&mut self) -> impl Future<Output = Duration> + Send;
}

/// Runs `job` until `stop` is cancelled. A run that is in progress then is dropped.
pub async fn periodic(mut job: impl PeriodicJob, stop: CancellationToken) {
    let runs = async {
        loop {
            let pause = job.run().await;
            sleep(pause).await;
        }
    };
    stop.run_until_cancelled(runs).await;
}

/// `pause`, or up to a fifth less: processes that started together drift apart, and none waits
/// longer than configured.
#[must_use]
pub fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(rand::rng().random_range(0.8..1.0))
}

/// Logs that something fails when it begins to fail, and that it has recovered when it has.
#[derive(Debug)]
pub struct FailureLog {
    /// What fails, such as "expiry sweep".
    what: &'static str,
    failing: bool,
}

impl FailureLog {
    #[must_use]
    pub fn new(what: &'static str) -> Self {
        Self {
            what,
            failing: false,
        }
    }

    /// Passes the value on, and logs the first error after a success and the first success after an
    /// error.
    pub fn note<T, E: Display>(&mut self, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => {
                if self.failing {
                    tracing::info!("{} works again", self.what);
                }
                self.failing = false;
                Some(value)
            }
            Err(error) => {
                if !self.failing {
                    tracing::warn!(%error, "{} failed; retrying", self.what);
                }
                self.failing = true;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::mpsc;
    use tokio::time::{Instant, timeout};
    use tokio_util::sync::CancellationToken;

    use super::{PeriodicJob, periodic};

    struct Recorder {
        started: Instant,
        runs: mpsc::UnboundedSender<Duration>,
        pause: Duration,
    }

    impl PeriodicJob for Recorder {
        async fn run(&mut self) -> Duration {
            self.runs.send(self.started.elapsed()).unwrap();
            self.pause += Duration::from_secs(1);
            self.pause
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_runs_again_after_each_pause_until_it_is_stopped() {
        let stop = CancellationToken::new();
        let (sender, mut runs) = mpsc::unbounded_channel();
        let job = Recorder {
            started: Instant::now(),
            runs: sender,
            pause: Duration::ZERO,
        };
        let running = periodic(job, stop.clone());
        let stopping = async {
            for seconds in [0, 1, 3] {
                assert_eq!(runs.recv().await, Some(Duration::from_secs(seconds)));
            }
            stop.cancel();
        };
        let both = async { tokio::join!(running, stopping) };
        timeout(Duration::from_secs(10), both).await.unwrap();
        assert_eq!(runs.recv().await, None);
    }
}
