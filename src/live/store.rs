//! Queries for what has changed.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::analytics::Health;
use crate::analytics::store::HealthRow;
use crate::inventory::Sku;

/// Tells whether anything was committed since, and how far back to search for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Watermark {
    /// Equal if nothing was committed in between.
    pub(super) snapshot: String,
    /// Not later than any change that is committed after this watermark.
    pub(super) since: DateTime<Utc>,
}

/// The SKUs that are at a later version than the known one.
pub(super) async fn newer(pool: &PgPool, known: &[(Sku, i64)]) -> sqlx::Result<Vec<Health>> {
    let skus: Vec<_> = known.iter().map(|(sku, _)| sku.to_string()).collect();
    let versions: Vec<_> = known.iter().map(|(_, version)| *version).collect();
    let rows = sqlx::query_as!(
        HealthRow,
        r#"
        select
            h.sku as "sku!", available_inventory as "available_inventory!",
            waitlist_size as "waitlist_size!", status::text as "status!",
            total_inventory as "total_inventory!", reserved_inventory as "reserved_inventory!",
            sold_inventory as "sold_inventory!", waitlist_quantity as "waitlist_quantity!",
            version as "version!", updated_at as "updated_at!"
        from unnest($1::text[], $2::bigint[]) as known(sku, known_version)
        join inventory_health as h
            on h.sku = known.sku
        where version > known_version
        "#,
        &skus,
        &versions,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(Health::try_from).collect()
}

/// A change takes its timestamp under its SKU's lock, so after its transaction began. The interval
/// of a second is for database users that may not see when others' transactions began.
pub(super) async fn watermark(pool: &PgPool) -> sqlx::Result<Watermark> {
    sqlx::query_as!(
        Watermark,
        r#"
        select
            pg_current_snapshot()::text as "snapshot!",
            least(
                min(xact_start),
                clock_timestamp() - interval '1 second'
            ) as "since!"
        from pg_stat_activity
        where datname = current_database()
            and backend_xid is not null
        "#
    )
    .fetch_one(pool)
    .await
}

/// The SKUs that changed at `since` or later, found without an index: one on a column that changes
/// with each sale would slow down each sale.
pub(super) async fn changed_since(
    pool: &PgPool,
    since: DateTime<Utc>,
) -> sqlx::Result<Vec<Health>> {
    let rows = sqlx::query_as!(
        HealthRow,
        r#"
        select
            sku as "sku!", available_inventory as "available_inventory!",
            waitlist_size as "waitlist_size!", status::text as "status!",
            total_inventory as "total_inventory!", reserved_inventory as "reserved_inventory!",
            sold_inventory as "sold_inventory!", waitlist_quantity as "waitlist_quantity!",
            version as "version!", updated_at as "updated_at!"
        from inventory_health
        where updated_at >= $1
        "#,
        since,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(Health::try_from).collect()
}
