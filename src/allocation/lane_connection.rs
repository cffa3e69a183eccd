//! A lane's database connection, on which batches are tried.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use fairhold_core::ids::Sku;
use futures_util::FutureExt;
use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument;

use super::job::Job;
use super::lock_wait::LockWait;
use super::progress::Progress;
use super::receipt::{Committed, Receipt};
use super::settings::LaneSettings;
use super::transaction::{self, Attempt, Commands};
use crate::database::ErrorClass;
use crate::inventory;
use crate::telemetry::{metrics, traces};

const RECONNECT_PAUSE: Duration = Duration::from_millis(50);

/// Why a batch was not committed.
pub(super) enum BatchError {
    /// The database rejected it, with this message.
    Rejected(String),
    /// It met an impossible state, which is logged.
    Panicked,
    /// Another transaction has locked a row.
    Locked,
    /// The database could not be reached in time. The batch may have been committed.
    Unavailable,
}

/// Connected when it is needed, and again after a failure.
#[derive(Debug)]
pub(super) struct LaneConnection {
    settings: LaneSettings,
    connection: Option<PgConnection>,
}

impl LaneConnection {
    pub(super) fn new(settings: LaneSettings) -> Self {
        Self {
            settings,
            connection: None,
        }
    }

    /// Drops the connection, whose state is unknown. The server rolls its transaction back.
    pub(super) fn discard(&mut self) {
        self.connection = None;
    }

    pub(super) async fn close(self) {
        if let Some(connection) = self.connection {
            // Closing is best-effort: the server detects a dropped connection anyway.
            let _ = connection.close().await;
        }
    }

    /// Tries a batch until it is committed or refused, or has stalled after the deadline.
    pub(super) async fn try_batch(
        &mut self,
        batch: &[Job],
        lock_wait: LockWait,
        deadline: Instant,
    ) -> Result<Committed, BatchError> {
        let commands = Commands::of(batch);
        let span = traces::batch(batch.iter().map(Job::span));
        span.record("commands", batch.len());
        let mut receipt = None;
        loop {
            let run = self.run(&commands, lock_wait, deadline, &mut receipt);
            let error = match run.instrument(span.clone()).await? {
                Ok(committed) => return Ok(committed),
                Err(error) => error,
            };
            let class = ErrorClass::of(&error);
            if class != ErrorClass::Locked || receipt.is_some() {
                self.discard();
            }
            metrics().failed(class.name());
            let expected = matches!(class, ErrorClass::Unavailable | ErrorClass::Locked);
            tracing::warn!(%error, commands = batch.len(), expected, "a batch failed");
            // With a receipt, the commit may have happened: the next try finds out.
            match class {
                ErrorClass::Rejected if receipt.is_none() => {
                    return Err(BatchError::Rejected(error.to_string()));
                }
                ErrorClass::Locked if receipt.is_none() => return Err(BatchError::Locked),
                ErrorClass::Rejected | ErrorClass::Locked | ErrorClass::Unavailable => {}
            }
            if Instant::now() + RECONNECT_PAUSE >= deadline {
                return Err(BatchError::Unavailable);
            }
            sleep(RECONNECT_PAUSE).await;
        }
    }

    /// Runs the transaction once. The outer error is final.
    async fn run(
        &mut self,
        commands: &Commands,
        lock_wait: LockWait,
        deadline: Instant,
        receipt: &mut Option<Receipt>,
    ) -> Result<sqlx::Result<Committed>, BatchError> {
        let progress = Progress::default();
        let timeout = self.settings.batch_timeout;
        let work = async {
            let attempt = Attempt {
                settings: &self.settings,
                lock_wait,
                progress: &progress,
            };
            let connection = open(&mut self.connection, &self.settings).await?;
            transaction::run(connection, commands, &attempt, receipt).await
        };
        // The pure core panics on a state that cannot be, before the commit.
        let work = AssertUnwindSafe(work).catch_unwind();
        match progress.wait(deadline, timeout, work).await {
            Some(Ok(done)) => Ok(done),
            Some(Err(_logged)) => {
                self.discard();
                metrics().failed("panic");
                Err(match receipt {
                    None => BatchError::Panicked,
                    Some(_) => BatchError::Unavailable,
                })
            }
            None => {
                self.discard();
                tracing::warn!(commands = commands.all.len(), "a batch timed out");
                metrics().failed("timeout");
                Err(BatchError::Unavailable)
            }
        }
    }

    /// Which of `skus` another transaction has locked: all, if the database does not answer in time.
    /// A check that finds any is counted as a failed transaction, like one that fails itself.
    pub(super) async fn locked(&mut self, skus: BTreeSet<Sku>, deadline: Instant) -> BTreeSet<Sku> {
        let names: Vec<_> = skus.iter().map(ToString::to_string).collect();
        let check = async {
            let connection = open(&mut self.connection, &self.settings).await?;
            let mut transaction = connection.begin().await?;
            let locked = inventory::store::locked(&mut transaction, &names).await?;
            transaction.rollback().await?;
            Ok::<_, sqlx::Error>(locked)
        };
        let cause = match timeout_at(deadline, check).await {
            Ok(Ok(locked)) => {
                if !locked.is_empty() {
                    metrics().failed(ErrorClass::Locked.name());
                }
                return locked.into_iter().collect();
            }
            Ok(Err(error)) => ErrorClass::of(&error).name(),
            Err(_elapsed) => "timeout",
        };
        metrics().failed(cause);
        self.discard();
        skus
    }
}

/// The connection in `slot`, opened if there is none.
async fn open<'a>(
    slot: &'a mut Option<PgConnection>,
    settings: &LaneSettings,
) -> sqlx::Result<&'a mut PgConnection> {
    match slot {
        Some(connection) => Ok(connection),
        empty => Ok(empty.insert(transaction::connect(settings).await?)),
    }
}
