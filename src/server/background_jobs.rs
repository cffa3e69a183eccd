//! Starts background jobs and stops them together.

use std::pin::Pin;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The background jobs of a server.
#[derive(Debug, Clone)]
pub(super) struct BackgroundJobs {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl BackgroundJobs {
    /// `tracker` waits for the jobs.
    pub(super) fn new(tracker: TaskTracker) -> Self {
        let stop = CancellationToken::new();
        Self { tracker, stop }
    }

    /// Starts `job`, which ends soon after the token that it is given is cancelled.
    pub(super) fn spawn<F>(&self, job: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        // Boxed: the compiler would generate tokio's code for a task once for each type of future.
        let job: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(job(self.stop.clone()));
        self.tracker.spawn(job);
    }

    /// The token that ends the jobs.
    pub(super) fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    pub(super) fn stop(&self) {
        self.stop.cancel();
    }
}
