//! The database: how Fairhold finds or starts it, and what it asserts of it.

mod connect;
mod durability;
pub mod embedded;
mod migrations;
mod rows;
mod source;

use std::io::ErrorKind;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;
use tokio::time::timeout;

pub use connect::{ConnectError, connect};
pub(crate) use durability::waits_for_standbys;
pub use durability::{DurabilityError, ensure_durable};
pub use migrations::{SchemaError, apply, ensure_current, migrate};
pub(crate) use rows::{ensure_count, ensure_rows, wrong_row};
pub use source::{Database, OpenError, Source};

/// The database's clock: the only clock there is.
pub async fn now(executor: impl PgExecutor<'_>) -> sqlx::Result<DateTime<Utc>> {
    sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#)
        .fetch_one(executor)
        .await
}

/// The longest that anything outside of the lanes may take. The server's own limit is shorter; this
/// one is for a connection that has fallen silent.
const SILENCE: Duration = Duration::from_secs(10);

/// Waits for `work`, though not for ever.
pub async fn in_time<T>(work: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    match timeout(SILENCE, work).await {
        Ok(done) => done,
        Err(_elapsed) => Err(sqlx::Error::Io(ErrorKind::TimedOut.into())),
    }
}
