//! The database: how Fairhold finds or starts it, and what it asserts of it.

mod connect;
pub mod embedded;
mod in_time;
mod rows;
mod schema;
mod source;

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

pub use connect::{ConnectError, connect};
pub use in_time::{in_time, with_patience};
pub(crate) use rows::{ensure_count, ensure_rows, wrong_row};
pub use schema::{DurabilityError, ensure_durable, migrate};
pub use source::{Database, OpenError, Source};

/// The database's clock: the only clock there is.
pub async fn now(executor: impl PgExecutor<'_>) -> sqlx::Result<DateTime<Utc>> {
    sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#)
        .fetch_one(executor)
        .await
}
