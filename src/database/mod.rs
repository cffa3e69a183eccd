//! The database: how Fairhold finds or starts it, and what it asserts of it.

mod connect;
mod durability;
pub mod embedded;
mod error_class;
mod in_time;
mod migrations;
mod pools;
mod rows;
mod source;
mod warnings;

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

pub use connect::{ConnectError, connect};
pub(crate) use durability::{COMMIT_DURABLY, gives_durability_up, waits_for_standbys};
pub use durability::{DurabilityError, ensure_durable};
pub(crate) use error_class::{ErrorClass, is_rejection};
pub use in_time::{end_of_patience, in_time, with_patience};
pub use migrations::{SchemaError, apply, ensure_current, migrate};
pub use pools::{Pools, use_of};
pub(crate) use rows::{ensure_count, ensure_rows, wrong_row};
pub use source::{Database, OpenError, Source};
pub(crate) use warnings::{REMARKS, unwarned};

/// The database's clock: the only clock there is.
pub async fn now(executor: impl PgExecutor<'_>) -> sqlx::Result<DateTime<Utc>> {
    sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#)
        .fetch_one(executor)
        .await
}
