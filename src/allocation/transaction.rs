//! One transaction: lock, load, decide, write, commit.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::time::Duration;

use fairhold_core::allocation::{BatchDecision, Command, decide};
use fairhold_core::ids::Sku;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgTransaction};
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use super::batch_metrics::BatchMetrics;
use super::job::Job;
use super::load::load;
use super::lock_wait::{LockWait, session_limits};
use super::progress::Progress;
use super::receipt::{Committed, Receipt};
use super::settings::LaneSettings;
use super::write::write;
use crate::database::{COMMIT_DURABLY, fail_on_warning, is_rejection, waits_for_standbys};
use crate::telemetry::{metrics, traces};

/// The settings of the session. Setting them in each transaction would cost each a round trip. No
/// rule depends on them: that commits are durable is checked with the locks.
///
/// No transaction may wait without limit, neither for a lock nor for its own client. The statement
/// timeout is that of the locks: once the rows are locked, [`lock`](crate::inventory::store::lock)
/// raises it. Every plan is
/// generic and goes row by row through an index, since every statement names its rows by key.
/// Otherwise a plan made while a table is small, which reads all of it, would be kept while the
/// table grows to millions of rows.
const SESSION: &str = "
    set idle_in_transaction_session_timeout = '2s';
    set plan_cache_mode = force_generic_plan;
    set enable_seqscan = off;
    set enable_bitmapscan = off;
    set enable_hashjoin = off;
    set enable_mergejoin = off;
    set enable_material = off
";

pub(super) async fn connect(settings: &LaneSettings) -> sqlx::Result<PgConnection> {
    let mut connection = PgConnection::connect_with(&settings.database).await?;
    let limits = session_limits(settings.batch_timeout);
    let session = format!("{SESSION}; {limits}; {COMMIT_DURABLY}");
    connection.execute(AssertSqlSafe(session)).await?;
    Ok(connection)
}

/// How long BEGIN may take, which waits for nothing on the server. A connection that takes longer is
/// dead, and the batch still has time for another one.
const BEGIN_TIMEOUT: Duration = Duration::from_secs(1);

/// The commands of a batch.
pub(super) struct Commands {
    pub(super) all: Vec<Command>,
    /// SKUs of commands that must not be deferred.
    decided: BTreeSet<Sku>,
}

impl Commands {
    pub(super) fn of(batch: &[Job]) -> Self {
        let commands = batch.iter().map(|job| job.command.clone());
        let decided = batch.iter().filter(|job| job.is_final());
        Self {
            all: commands.collect(),
            decided: decided.map(|job| job.command.sku().clone()).collect(),
        }
    }
}

/// What one run of a transaction goes by.
pub(super) struct Attempt<'a> {
    pub(super) settings: &'a LaneSettings,
    pub(super) lock_wait: LockWait,
    pub(super) progress: &'a Progress,
}

/// Runs `commands` as one transaction and returns their outcomes once it is durable.
///
/// `receipt` is set just before COMMIT. When this fails, or is dropped, with a receipt set, the
/// commit may have happened. The next run with that receipt finds out: it takes the same locks, so
/// that the earlier transaction has ended, and looks for the row that proves it.
pub(super) async fn run(
    connection: &mut PgConnection,
    Commands {
        all: commands,
        decided,
    }: &Commands,
    attempt: &Attempt<'_>,
    receipt: &mut Option<Receipt>,
) -> sqlx::Result<Committed> {
    let started = Instant::now();
    let &Attempt {
        settings,
        lock_wait,
        progress,
    } = attempt;
    let begin = AssertSqlSafe(lock_wait.begin());
    let opened = timeout(BEGIN_TIMEOUT, connection.begin_with(begin)).await;
    let mut transaction = opened.map_err(|_| sqlx::Error::Io(ErrorKind::TimedOut.into()))??;
    let loaded = load(&mut transaction, commands, progress);
    let mut snapshot = loaded.instrument(traces::step("load")).await?;
    if let Some(earlier) = receipt.clone() {
        if earlier.is_committed(&mut transaction).await? {
            end_after_commit(transaction).await?;
            earlier.metrics.record();
            metrics().committed(commands.len(), started.elapsed());
            return Ok(earlier.committed);
        }
        *receipt = None;
    }
    for sku in decided {
        snapshot.defer_nothing(sku);
    }
    let now = snapshot.now;
    let decision = decide(snapshot, commands, &settings.policy);
    let BatchDecision {
        outcomes,
        write_set,
    } = decision;
    progress.step();
    let written = write(&mut transaction, &write_set, now, progress);
    written.instrument(traces::step("write")).await?;
    let batch_metrics = BatchMetrics::of(&write_set, &outcomes);
    let serving = write_set.updated_inventories.iter().filter(|i| i.serving);
    let done = Committed {
        serving: serving.map(|i| i.sku.clone()).collect(),
        outcomes,
    };
    *receipt = Receipt::of(&write_set, now, &done, &batch_metrics);
    let commit = fail_on_warning(transaction.commit());
    let committed = commit.instrument(traces::step("commit")).await;
    if committed.as_ref().err().is_none_or(is_rejection) {
        *receipt = None;
    }
    committed?;
    batch_metrics.record();
    metrics().committed(commands.len(), started.elapsed());
    settings.listener.committed(write_set.updated_inventories);
    Ok(done)
}

/// Ends a transaction that has found the rows of an earlier one, so that these are durable.
async fn end_after_commit(mut transaction: PgTransaction<'_>) -> sqlx::Result<()> {
    // The rows may be on this server only, if their wait for a synchronous standby was interrupted.
    // The row locks of this transaction come after them in the WAL: the commit waits for both.
    if waits_for_standbys(&mut transaction).await? {
        fail_on_warning(transaction.commit()).await
    } else {
        transaction.rollback().await
    }
}
