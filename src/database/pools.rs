//! The connection pools for everything but the lanes.

use std::io::ErrorKind;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use tokio::time::timeout;

use super::durability::COMMIT_DURABLY;
use crate::telemetry::PoolUsage;

/// An idle connection that does not answer a ping within this time is taken for lost.
const PING_TIMEOUT: Duration = Duration::from_millis(500);

/// Upper bound of the time that a request waits for a connection.
const MAX_ACQUIRE_TIMEOUT: Duration = Duration::from_secs(1);

/// Upper bound of the connections that are reserved for jobs.
const MAX_JOB_CONNECTIONS: u16 = 2;

/// Upper bound of the connections that are reserved for checkout.
const MAX_CHECKOUT_CONNECTIONS: u16 = 2;

/// Several pools, so that reads keep neither jobs nor checkout waiting. No connection is open at first.
#[derive(Debug, Clone)]
pub struct Pools {
    /// For requests, live updates, analytics and retention.
    pub readers: PgPool,
    /// For finding the SKU of a reservation that is to be confirmed or cancelled.
    pub checkout: PgPool,
    /// For what must go on under any load: the expiry sweep, API keys, the readiness check.
    pub jobs: PgPool,
}

impl Pools {
    /// Divides `count` connections, two at least. Of fewer than four, none is reserved for checkout: it
    /// shares that of the jobs. `limit` bounds each statement, and the wait for a connection is at
    /// most a second.
    #[must_use]
    pub fn new(database: &PgConnectOptions, count: u16, limit: Duration) -> Self {
        let checkouts = MAX_CHECKOUT_CONNECTIONS.min(count / 4);
        let job_count = MAX_JOB_CONNECTIONS.min((count - checkouts) / 2);
        let jobs = pool(database, job_count, limit);
        let checkout = match checkouts {
            0 => jobs.clone(),
            _ => pool(database, checkouts, limit),
        };
        Self {
            readers: pool(database, count - checkouts - job_count, limit),
            checkout,
            jobs,
        }
    }

    pub async fn close(&self) {
        tokio::join!(
            self.readers.close(),
            self.checkout.close(),
            self.jobs.close()
        );
    }
}

fn pool(database: &PgConnectOptions, count: u16, limit: Duration) -> PgPool {
    PgPoolOptions::new()
        .max_connections(count.into())
        .acquire_timeout(limit.min(MAX_ACQUIRE_TIMEOUT))
        // Our own ping instead, because sqlx's has no timeout.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(ping(connection)))
        // An abandoned statement may never be answered. Its connection is closed here, where sqlx
        // would wait for it and keep it counted.
        .after_release(|connection, _| Box::pin(ping(connection)))
        .after_connect(move |connection, _| Box::pin(prepare(connection, limit)))
        .connect_lazy_with(database.clone())
}

#[must_use]
pub fn pool_use(pool: &PgPool) -> PoolUsage {
    let idle = pool.num_idle() as u64;
    PoolUsage {
        busy: u64::from(pool.size()).saturating_sub(idle),
        idle,
        limit: pool.options().get_max_connections().into(),
    }
}

/// Bounds every statement, makes commits durable, and plans each query for its parameters: a generic
/// plan would scan every user's reservations to find those of one.
async fn prepare(connection: &mut PgConnection, limit: Duration) -> sqlx::Result<()> {
    let settings = format!(
        "set lock_timeout = '1s';
         set statement_timeout = {};
         set plan_cache_mode = force_custom_plan;
         {COMMIT_DURABLY}",
        limit.as_millis()
    );
    connection.execute(AssertSqlSafe(settings)).await?;
    Ok(())
}

/// An error makes the pool replace the connection.
async fn ping(connection: &mut PgConnection) -> sqlx::Result<bool> {
    let pong = timeout(PING_TIMEOUT, connection.ping()).await;
    pong.map_err(|_| sqlx::Error::Io(ErrorKind::TimedOut.into()))??;
    Ok(true)
}
