//! One transaction: lock, load, decide, store, commit.

use std::io::ErrorKind;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use crate::database::{COMMIT_DURABLY, fail_on_warning, waits_for_standbys};
use crate::telemetry::{metrics, traces};

use super::command::{Command, Outcome};
use super::decide::decide;
use super::lane::LaneSettings;
use super::load::load;
pub(super) use super::receipt::Receipt;
use super::refusal::is_refusal;
use super::state::Decision;
use super::steps::Steps;
use super::tally::Tally;
use super::write::write;

/// How long a transaction waits for a row that somebody else has locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LockWait {
    /// Long enough for the transactions of another process.
    Usual,
    /// As long as one step may take that only finds out which command meets the lock.
    Brief,
}

impl LockWait {
    /// What a transaction begins with: each sees what was committed before each of its statements.
    fn begin(self) -> &'static str {
        match self {
            Self::Usual => "begin isolation level read committed",
            Self::Brief => "begin isolation level read committed; set local lock_timeout = '50ms'",
        }
    }
}

/// What a connection is set to once, since saying it in each transaction would cost each its time.
/// No rule depends on it: that commits are durable is made sure of with the locks.
///
/// A transaction can't wait for ever, neither for a lock nor for its own client. Every plan is made
/// once and goes row by row through an index: every statement names its rows by key, but while a
/// table is new its statistics tell of no rows, and a plan made then, which reads all of them,
/// would be kept while they become millions.
const SESSION: &str = "
    set statement_timeout = '10s';
    set idle_in_transaction_session_timeout = '2s';
    set plan_cache_mode = force_generic_plan;
    set enable_seqscan = off;
    set enable_bitmapscan = off;
    set enable_hashjoin = off;
    set enable_mergejoin = off;
    set enable_material = off
";

/// How long a transaction waits for a lock, if a batch has so much time at all: it must have some
/// left to serve those who need no locked row.
const LOCK_TIME: Duration = Duration::from_secs(1);

/// Opens a connection for [`run`], for batches that have `patience` to be answered.
pub(super) async fn connect(
    database: &PgConnectOptions,
    patience: Duration,
) -> sqlx::Result<PgConnection> {
    let mut connection = PgConnection::connect_with(database).await?;
    let lock_time = LOCK_TIME.min(patience / 4).as_millis();
    let session = format!("{SESSION}; set lock_timeout = {lock_time}; {COMMIT_DURABLY}");
    connection.execute(AssertSqlSafe(session)).await?;
    Ok(connection)
}

/// How many reservations a transaction decides on without the database taking it for fallen silent.
const LONG: usize = 50_000;

/// Gives a transaction the time to decide on more: a restock may promote a line of any length.
const LONG_THOUGHT: &str = "set local idle_in_transaction_session_timeout = '60s'";

/// How long the database may take to begin a transaction, which waits for nothing there. A
/// connection that takes longer has fallen silent, and the batch still has time for another.
const GREETING: Duration = Duration::from_secs(1);

/// Runs `commands` as one transaction and returns their outcomes once it is durable.
///
/// `receipt` is set just before the commit. When this fails, or is dropped, with a receipt set,
/// the commit may have happened. The next run with that receipt finds out: it takes the same
/// locks, so that the earlier transaction is over, and looks for the row that proves it.
pub(super) async fn run(
    connection: &mut PgConnection,
    commands: &[Command],
    settings: &LaneSettings,
    lock_wait: LockWait,
    steps: &Steps,
    receipt: &mut Option<Receipt>,
) -> sqlx::Result<Vec<Outcome>> {
    let started = Instant::now();
    let begun = timeout(GREETING, connection.begin_with(lock_wait.begin())).await;
    let mut transaction = begun.map_err(|_| sqlx::Error::Io(ErrorKind::TimedOut.into()))??;
    let loaded = load(&mut transaction, commands, steps);
    let state = loaded.instrument(traces::step("load")).await?;
    if let Some(earlier) = receipt.as_ref() {
        if earlier.is_in(&mut transaction).await? {
            let outcomes = earlier.outcomes.clone();
            let tally = earlier.tally.clone();
            // What is seen may be here only, if its wait for a synchronous standby was cut short.
            // The row locks are in the log after it: their commit waits until both are there.
            if waits_for_standbys(&mut transaction).await? {
                fail_on_warning(transaction.commit()).await?;
            } else {
                transaction.rollback().await?;
            }
            tally.tell();
            metrics().committed(commands.len(), started.elapsed());
            return Ok(outcomes);
        }
        *receipt = None;
    }
    let state = state.unwrap_or_default();
    if state.reservations() > LONG {
        transaction.execute(LONG_THOUGHT).await?;
    }
    let now = state.now;
    let Decision { outcomes, changes } = decide(state, commands, &settings.policy);
    steps.made();
    let written = write(&mut transaction, &changes, now, steps);
    written.instrument(traces::step("write")).await?;
    let tally = Tally::of(&changes, &outcomes);
    *receipt = Receipt::of(&changes, now, &outcomes, &tally);
    let committed = fail_on_warning(transaction.commit());
    let committed = committed.instrument(traces::step("commit")).await;
    if committed.as_ref().err().is_none_or(is_refusal) {
        *receipt = None;
    }
    committed?;
    tally.tell();
    metrics().committed(commands.len(), started.elapsed());
    settings.hub.committed(changes.inventories);
    Ok(outcomes)
}
