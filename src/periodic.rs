//! What background jobs share: a loop with a pause, and logging a failure only once until it ends.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::Rng;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Runs `job` again and again until `stop` is cancelled, each time after the pause that it returned.
/// A run that is in progress then is dropped.
pub async fn periodic<F>(stop: &CancellationToken, job: impl Fn() -> F)
where
    F: Future<Output = Duration>,
{
    let runs = async {
        loop {
            let pause = job().await;
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
    failing: AtomicBool,
}

impl FailureLog {
    #[must_use]
    pub fn new(what: &'static str) -> Self {
        Self {
            what,
            failing: AtomicBool::new(false),
        }
    }

    /// Passes the value on, and logs the first error after a success and the first success after an
    /// error.
    pub fn note<T, E: Display>(&self, result: Result<T, E>) -> Option<T> {
        let was_failing = self.failing.swap(result.is_err(), Ordering::Relaxed);
        match result {
            Ok(value) => {
                if was_failing {
                    tracing::info!("{} works again", self.what);
                }
                Some(value)
            }
            Err(error) => {
                if !was_failing {
                    tracing::warn!(%error, "{} failed; retrying", self.what);
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::time::Duration;

    use tokio::sync::mpsc;
    use tokio::time::{Instant, timeout};
    use tokio_util::sync::CancellationToken;

    use super::{FailureLog, periodic};

    /// Sends on what is logged.
    struct LogSink(std::sync::mpsc::Sender<String>);

    impl Write for LogSink {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            let text = String::from_utf8_lossy(line).into_owned();
            self.0.send(text).unwrap();
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_failure_is_logged_once_until_it_is_over() {
        let (sender, lines) = std::sync::mpsc::channel();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || LogSink(sender.clone()));
        tracing::subscriber::with_default(subscriber.finish(), || {
            let log = FailureLog::new("the sweep");
            assert_eq!(log.note(Ok::<_, &str>(1)), Some(1));
            for result in [Err("lost"), Err("lost"), Ok(2), Ok(3), Err("lost again")] {
                log.note(result);
            }
        });
        let lines: Vec<_> = lines.try_iter().collect();
        let expected = [
            "the sweep failed; retrying error=lost",
            "the sweep works again",
            "the sweep failed; retrying error=lost again",
        ];
        assert_eq!(lines.len(), expected.len(), "{lines:?}");
        for (line, expected) in lines.iter().zip(expected) {
            assert!(line.trim_end().ends_with(expected), "{line}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_runs_again_after_each_pause_until_it_is_stopped() {
        let stop = CancellationToken::new();
        let (sender, mut runs) = mpsc::unbounded_channel();
        let started = Instant::now();
        let running = periodic(&stop, || async {
            sender.send(started.elapsed()).unwrap();
            started.elapsed() + Duration::from_secs(1)
        });
        let stopping = async {
            for seconds in [0, 1, 3] {
                assert_eq!(runs.recv().await, Some(Duration::from_secs(seconds)));
            }
            stop.cancel();
        };
        let both = async { tokio::join!(running, stopping) };
        timeout(Duration::from_secs(10), both).await.unwrap();
        assert!(runs.is_empty());
    }
}
