//! Bounds the reads that may take long, so that they leave connections to all others.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::http::{Problem, ProblemType, StateErrors};

/// How long a heavy read waits for another to end before it is refused.
const MAX_WAIT: Duration = Duration::from_millis(100);

/// Half of the connections for reads, which heavy reads share. Clones share the bound.
#[derive(Debug, Clone)]
pub struct HeavyReads(Arc<Semaphore>);

impl HeavyReads {
    /// For a pool of so many connections; one heavy read at least.
    #[must_use]
    pub fn new(connections: u32) -> Self {
        let limit = usize::try_from(connections / 2).unwrap_or(usize::MAX);
        Self(Arc::new(Semaphore::new(limit.max(1))))
    }

    /// Permission for one heavy read, until it is dropped.
    ///
    /// # Errors
    /// 503 when too many run already.
    pub(super) async fn begin(&self) -> Result<OwnedSemaphorePermit, Problem> {
        match timeout(MAX_WAIT, Arc::clone(&self.0).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            // The semaphore is never closed.
            Ok(Err(_)) | Err(_) => Err(Problem::new(
                ProblemType::Overloaded,
                "Too many lists and figures are being read. Retry in a moment.",
            )),
        }
    }
}

impl StateErrors for HeavyReads {
    const PROBLEMS: &'static [ProblemType] = &[ProblemType::Overloaded];
}
