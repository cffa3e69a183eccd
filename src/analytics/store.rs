//! Queries of inventory health and of the sampled gauges.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::Health;
use super::model::Sample;
use crate::database::wrong_row;
use crate::inventory::{HealthStatus, Sku};

/// A row of the view `inventory_health`.
#[derive(Debug)]
pub(crate) struct HealthRow {
    pub(crate) sku: String,
    pub(crate) available_inventory: i64,
    pub(crate) waitlist_size: i64,
    pub(crate) status: String,
    pub(crate) total_inventory: i64,
    pub(crate) reserved_inventory: i64,
    pub(crate) sold_inventory: i64,
    pub(crate) waitlist_quantity: i64,
    pub(crate) version: i64,
    pub(crate) updated_at: DateTime<Utc>,
}

impl TryFrom<HealthRow> for Health {
    type Error = sqlx::Error;

    fn try_from(row: HealthRow) -> Result<Self, Self::Error> {
        Ok(Self {
            sku: Sku::parse(&row.sku).map_err(wrong_row)?,
            available_inventory: row.available_inventory,
            waitlist_size: row.waitlist_size,
            status: HealthStatus::from_name(&row.status).ok_or(wrong_row("status"))?,
            total_inventory: row.total_inventory,
            reserved_inventory: row.reserved_inventory,
            sold_inventory: row.sold_inventory,
            waitlist_quantity: row.waitlist_quantity,
            version: row.version,
            updated_at: row.updated_at,
        })
    }
}

/// The SKU's creation time and the current time of the database.
pub(crate) async fn created_at(
    pool: &PgPool,
    sku: &Sku,
) -> sqlx::Result<Option<(DateTime<Utc>, DateTime<Utc>)>> {
    let row = sqlx::query!(
        r#"
        select created_at, clock_timestamp() as "now!"
        from skus
        where sku = $1
        "#,
        sku.as_str(),
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| (row.created_at, row.now)))
}

pub async fn find(pool: &PgPool, sku: &Sku) -> sqlx::Result<Option<Health>> {
    sqlx::query_as!(
        HealthRow,
        r#"
        select
            sku as "sku!", available_inventory as "available_inventory!",
            waitlist_size as "waitlist_size!", status::text as "status!",
            total_inventory as "total_inventory!", reserved_inventory as "reserved_inventory!",
            sold_inventory as "sold_inventory!", waitlist_quantity as "waitlist_quantity!",
            version as "version!", updated_at as "updated_at!"
        from inventory_health
        where sku = $1
        "#,
        sku.as_str(),
    )
    .fetch_optional(pool)
    .await?
    .map(Health::try_from)
    .transpose()
}

/// The first `rows` SKUs after `after`, by name.
pub async fn list(pool: &PgPool, after: Option<&Sku>, rows: i64) -> sqlx::Result<Vec<Health>> {
    let found = sqlx::query_as!(
        HealthRow,
        r#"
        select
            sku as "sku!", available_inventory as "available_inventory!",
            waitlist_size as "waitlist_size!", status::text as "status!",
            total_inventory as "total_inventory!", reserved_inventory as "reserved_inventory!",
            sold_inventory as "sold_inventory!", waitlist_quantity as "waitlist_quantity!",
            version as "version!", updated_at as "updated_at!"
        from inventory_health
        where sku > $1
        order by sku
        limit $2
        "#,
        after.map_or("", Sku::as_str),
        rows,
    )
    .fetch_all(pool)
    .await?;
    found.into_iter().map(Health::try_from).collect()
}

/// The cost does not depend on the number of SKUs: only waitlist totals and due holds are read.
pub(super) async fn sample(pool: &PgPool) -> sqlx::Result<Sample> {
    sqlx::query_as!(
        Sample,
        r#"
        select
            (
                select coalesce(sum(waiting), 0)
                from waitlist_parts
                where span = 4096
            )::bigint as "waiting!",
            (
                select coalesce(extract(epoch from statement_timestamp() - min(expires_at)), 0)
                from reservations
                where status = 'RESERVED'
                    and expires_at <= statement_timestamp()
            )::float8 as "sweep_lag!"
        "#
    )
    .fetch_one(pool)
    .await
}
