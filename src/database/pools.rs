//! The connections outside of the lanes.

use std::io::ErrorKind;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use tokio::time::timeout;

use super::durability::COMMIT_DURABLY;
use crate::telemetry::PoolUsage;

/// How long an idle connection may take to answer before it is taken for lost.
const PING_TIME: Duration = Duration::from_millis(500);

/// How long a reader may wait for a connection, if a request may wait so long at all.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// How many connections are the jobs' alone, at most.
const JOBS: u16 = 2;

/// The connections outside of the lanes, none of which is open yet.
#[derive(Debug, Clone)]
pub struct Pools {
    /// For requests, live updates, figures and retention, which can wait.
    pub readers: PgPool,
    /// For what must go on however many requests there are: the search for due holds, the API keys,
    /// and whether the service is ready.
    pub jobs: PgPool,
}

impl Pools {
    /// Shares `count` connections out, two at least. No statement takes longer than
    /// `patience`, and nobody waits for a connection for longer than a second.
    #[must_use]
    pub fn new(database: &PgConnectOptions, count: u16, patience: Duration) -> Self {
        let jobs = JOBS.min(count / 2);
        Self {
            readers: pool(database, count - jobs, patience),
            jobs: pool(database, jobs, patience),
        }
    }

    /// Closes all.
    pub async fn close(&self) {
        tokio::join!(self.readers.close(), self.jobs.close());
    }
}

fn pool(database: &PgConnectOptions, count: u16, patience: Duration) -> PgPool {
    PgPoolOptions::new()
        .max_connections(count.into())
        .acquire_timeout(patience.min(LONGEST_WAIT))
        // Instead of sqlx's own test, which waits for a silent connection for ever.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(answers(connection)))
        // A statement that was given up may never be answered: its connection is closed, where
        // sqlx would wait for it and keep its place.
        .after_release(|connection, _| Box::pin(answers(connection)))
        .after_connect(move |connection, _| Box::pin(prepare_reader(connection, patience)))
        .connect_lazy_with(database.clone())
}

/// How much of the pool is in use.
#[must_use]
pub fn use_of(pool: &PgPool) -> PoolUsage {
    let idle = pool.num_idle() as u64;
    PoolUsage {
        busy: u64::from(pool.size()).saturating_sub(idle),
        idle,
        limit: pool.options().get_max_connections().into(),
    }
}

/// Has no statement outside of the lanes wait for ever, each committed durably, and each planned with
/// its filters known: one plan for all of them would pass over everybody's reservations to find those
/// of one user.
async fn prepare_reader(connection: &mut PgConnection, patience: Duration) -> sqlx::Result<()> {
    let settings = format!(
        "set lock_timeout = '1s';
         set statement_timeout = {};
         set plan_cache_mode = force_custom_plan;
         {COMMIT_DURABLY}",
        patience.as_millis()
    );
    connection.execute(AssertSqlSafe(settings)).await?;
    Ok(())
}

/// Makes sure that a connection that lay idle is still good. One that is not is replaced.
async fn answers(connection: &mut PgConnection) -> sqlx::Result<bool> {
    let answer = timeout(PING_TIME, connection.ping()).await;
    answer.map_err(|_| sqlx::Error::Io(ErrorKind::TimedOut.into()))??;
    Ok(true)
}
