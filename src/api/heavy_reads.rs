//! Bounds the reads that may take long, so that they leave connections to all others.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::http::{Problem, ProblemType, StateErrors};

/// How long a heavy read waits for its turn before it is refused.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// How many may wait for their turn, for each that runs. A page of the dashboard asks for three at once.
const WAITING_PER_TURN: usize = 4;

/// Half of the connections for reads, which heavy reads share. Clones share the bound.
#[derive(Debug, Clone)]
pub struct HeavyReads {
    /// For those that run.
    turns: Arc<Semaphore>,
    /// For those that run or wait.
    places: Arc<Semaphore>,
}

/// Permission for one heavy read.
#[derive(Debug)]
pub(super) struct HeavyRead {
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl HeavyReads {
    /// For a pool of so many connections; one heavy read at least.
    #[must_use]
    pub fn new(connections: u32) -> Self {
        let turns = usize::try_from(connections / 2).map_or(1, |half| half.max(1));
        Self {
            turns: Arc::new(Semaphore::new(turns)),
            places: Arc::new(Semaphore::new(turns * (1 + WAITING_PER_TURN))),
        }
    }

    /// Permission for one heavy read, until it is dropped.
    ///
    /// # Errors
    /// 503 when too many run and wait already, or its turn does not come within a second.
    pub(super) async fn begin(&self) -> Result<HeavyRead, Problem> {
        self.turn().await.ok_or_else(|| {
            Problem::new(
                ProblemType::Overloaded,
                "Too many lists and figures are being read. Retry in a moment.",
            )
        })
    }

    async fn turn(&self) -> Option<HeavyRead> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let turn = timeout(MAX_WAIT, Arc::clone(&self.turns).acquire_owned()).await;
        Some(HeavyRead {
            _turn: turn.ok()?.ok()?,
            _place: place,
        })
    }
}

impl StateErrors for HeavyReads {
    const PROBLEMS: &'static [ProblemType] = &[ProblemType::Overloaded];
}
