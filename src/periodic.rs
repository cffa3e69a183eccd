//! What background jobs share: a loop with a pause, and logging a failure only once until it ends.

use std::fmt::Display;
use std::time::Duration;

use rand::Rng;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Runs `work` again and again until `stop` is cancelled. Each run returns the pause before the
/// next one. A run that is in progress is dropped when `stop` is cancelled.
pub async fn periodic(stop: CancellationToken, mut work: impl AsyncFnMut() -> Duration) {
    let runs = async {
        loop {
            let pause = work().await;
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

    use tokio::time::Instant;
    use tokio_util::sync::CancellationToken;

    use super::periodic;

    #[tokio::test(start_paused = true)]
    async fn work_repeats_after_each_pause_until_it_is_stopped() {
        let stop = CancellationToken::new();
        let started = Instant::now();
        let mut runs = Vec::new();
        periodic(stop.clone(), async || {
            runs.push(started.elapsed());
            if runs.len() == 3 {
                stop.cancel();
            }
            Duration::from_secs(runs.len() as u64)
        })
        .await;
        assert_eq!(runs, [0, 1, 3].map(Duration::from_secs));
    }
}
