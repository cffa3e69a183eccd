//! Whether the service is alive, and ready for requests.

use std::time::Duration;

use sqlx::PgPool;
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::allocation::Lanes;
use crate::database;
use crate::deadline::Deadline;

/// How long a probe of the database counts: however often readiness is checked, the database is probed
/// at most ten times a second, and once at a time.
const FRESH: Duration = Duration::from_millis(100);

/// Checks whether the service is alive and ready.
#[derive(Debug)]
pub struct Readiness {
    lanes: Lanes,
    jobs: PgPool,
    /// Cancelled once the service shuts down.
    pub stopping: CancellationToken,
    last_probe: Mutex<Option<Probe>>,
}

#[derive(Debug)]
struct Probe {
    ended: Instant,
    result: Result<(), Unready>,
}

/// Why the service is not ready.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unready {
    #[error("a lane has ended")]
    LaneEnded,
    #[error("the service is shutting down")]
    Stopping,
    #[error("the database does not answer")]
    Database,
    #[error("the database can't be written to: {0}")]
    NotWritable(String),
}

impl Readiness {
    /// Checks `lanes`, and probes the database through the pool of the jobs.
    #[must_use]
    pub fn new(jobs: PgPool, lanes: Lanes) -> Self {
        Self {
            lanes,
            jobs,
            stopping: CancellationToken::new(),
            last_probe: Mutex::default(),
        }
    }

    /// Fails only if a restart would help.
    ///
    /// # Errors
    /// [`Unready::LaneEnded`].
    pub fn ensure_live(&self) -> Result<(), Unready> {
        if self.lanes.are_open() {
            Ok(())
        } else {
            Err(Unready::LaneEnded)
        }
    }

    /// Fails if a request could not be served now.
    ///
    /// # Errors
    /// What is missing.
    pub async fn ensure_ready(&self, deadline: Deadline) -> Result<(), Unready> {
        if self.stopping.is_cancelled() {
            return Err(Unready::Stopping);
        }
        self.ensure_live()?;
        self.probe_database(deadline).await
    }

    async fn probe_database(&self, deadline: Deadline) -> Result<(), Unready> {
        let mut last = self.last_probe.lock().await;
        if let Some(probe) = &*last
            && probe.ended.elapsed() < FRESH
        {
            return probe.result.clone();
        }
        let result = match deadline
            .run(database::find_write_obstacle(&self.jobs))
            .await
        {
            Ok(None) => Ok(()),
            Ok(Some(obstacle)) => Err(Unready::NotWritable(obstacle)),
            Err(error) => {
                tracing::warn!(%error, "the database does not answer the readiness probe");
                Err(Unready::Database)
            }
        };
        *last = Some(Probe {
            ended: Instant::now(),
            result: result.clone(),
        });
        result
    }
}
