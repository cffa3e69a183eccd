//! The database: connecting, pools, migrations, durability, and the embedded PostgreSQL.

mod commit_warnings;
mod compatibility;
mod connect;
mod durability;
pub mod embedded;
mod error_class;
mod migrations;
mod pools;
mod row_checks;
mod source;

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

pub(crate) use commit_warnings::fail_on_warning;
pub use compatibility::Incompatibility;
pub use connect::{ConnectError, connect};
pub(crate) use durability::{
    COMMIT_DURABLY, find_write_obstacle, waits_for_standbys, weakens_durability,
};
pub use durability::{DurabilityError, ensure_durable};
pub(crate) use error_class::{ErrorClass, is_rejection};
pub use migrations::{SchemaError, apply, ensure_current, migrate};
pub use pools::{Pools, pool_use};
pub(crate) use row_checks::{ensure_count, ensure_rows, wrong_row};
pub use source::{Database, OpenError, Source};

/// The current time of the database, the only clock that Fairhold uses.
pub async fn now(executor: impl PgExecutor<'_>) -> sqlx::Result<DateTime<Utc>> {
    sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#)
        .fetch_one(executor)
        .await
}
