//! The table `ledger`.

use chrono::{DateTime, Utc};
use fairhold_core::ids::{Actor, ReservationId, Sku, UserId};
use fairhold_core::ledger::LedgerEntry;
use sqlx::PgConnection;
use uuid::Uuid;

/// A row of the table, as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    pub entry: i64,
    pub kind: String,
    pub reservation_id: Option<Uuid>,
    pub quantity: i32,
    pub available_delta: i32,
    pub reserved_delta: i32,
    pub sold_delta: i32,
    pub total_delta: i32,
    pub version: i64,
    pub recorded_at: DateTime<Utc>,
    pub reason: Option<String>,
    pub actor: Option<String>,
}

/// New entries, column by column.
pub(crate) struct LedgerColumns<'a> {
    pub(crate) skus: Vec<&'a str>,
    pub(crate) numbers: Vec<i64>,
    pub(crate) kinds: Vec<&'static str>,
    pub(crate) ids: Vec<Option<Uuid>>,
    pub(crate) quantities: Vec<i32>,
    pub(crate) available: Vec<i32>,
    pub(crate) reserved: Vec<i32>,
    pub(crate) sold: Vec<i32>,
    pub(crate) total: Vec<i32>,
    pub(crate) recorded_at: Vec<DateTime<Utc>>,
    pub(crate) reasons: Vec<Option<&'a str>>,
    pub(crate) actors: Vec<Option<&'a str>>,
    pub(crate) user_ids: Vec<Option<&'a str>>,
}

impl<'a> LedgerColumns<'a> {
    pub(crate) fn of(entries: &'a [LedgerEntry]) -> Self {
        let each = || entries.iter();
        Self {
            skus: each().map(|e| e.sku.as_str()).collect(),
            numbers: each().map(|e| e.entry).collect(),
            kinds: each().map(|e| e.kind.name()).collect(),
            ids: each()
                .map(|e| e.reservation_id.map(ReservationId::uuid))
                .collect(),
            quantities: each().map(|e| e.quantity).collect(),
            available: each().map(|e| e.deltas.available).collect(),
            reserved: each().map(|e| e.deltas.reserved).collect(),
            sold: each().map(|e| e.deltas.sold).collect(),
            total: each().map(|e| e.deltas.total).collect(),
            recorded_at: each().map(|e| e.recorded_at).collect(),
            reasons: each().map(|e| e.reason.as_deref()).collect(),
            actors: each()
                .map(|e| e.actor.as_ref().map(Actor::as_str))
                .collect(),
            user_ids: each()
                .map(|e| e.user_id.as_ref().map(UserId::as_str))
                .collect(),
        }
    }
}

/// Whether the entry of that number was written at that instant.
pub async fn has(
    connection: &mut PgConnection,
    sku: &Sku,
    entry: i64,
    recorded_at: DateTime<Utc>,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"
        select exists (
            select from ledger
            where sku = $1
                and entry = $2
                and recorded_at = $3
        ) as "exists!"
        "#,
        sku.as_str(),
        entry,
        recorded_at,
    )
    .fetch_one(connection)
    .await
}

/// The first `rows` entries of a SKU behind the entry `after`, in order.
pub async fn list(
    pool: &sqlx::PgPool,
    sku: &Sku,
    after: i64,
    rows: i64,
) -> sqlx::Result<Vec<LedgerRow>> {
    sqlx::query_as!(
        LedgerRow,
        r#"
        select
            entry, kind::text as "kind!", reservation_id, quantity, available_delta,
            reserved_delta, sold_delta, total_delta, version as "version!", recorded_at, reason,
            actor
        from ledger
        where sku = $1
            and entry > $2
        order by entry
        limit $3
        "#,
        sku.as_str(),
        after,
        rows,
    )
    .fetch_all(pool)
    .await
}

/// The last `rows` entries of a SKU before the entry `before`, the last first.
pub async fn latest(
    pool: &sqlx::PgPool,
    sku: &Sku,
    before: i64,
    rows: i64,
) -> sqlx::Result<Vec<LedgerRow>> {
    sqlx::query_as!(
        LedgerRow,
        r#"
        select
            entry, kind::text as "kind!", reservation_id, quantity, available_delta,
            reserved_delta, sold_delta, total_delta, version as "version!", recorded_at, reason,
            actor
        from ledger
        where sku = $1
            and entry < $2
        order by entry desc
        limit $3
        "#,
        sku.as_str(),
        before,
        rows,
    )
    .fetch_all(pool)
    .await
}
