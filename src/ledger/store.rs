//! The ledger in its table.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{LedgerEntry, LedgerView};
use crate::database::ensure_rows;
use crate::inventory::Sku;
use crate::reservations::ReservationId;

/// Writes new entries.
pub async fn append(connection: &mut PgConnection, entries: &[LedgerEntry]) -> sqlx::Result<()> {
    let each = || entries.iter();
    let delta = |of: fn(&LedgerEntry) -> i32| each().map(of).collect::<Vec<_>>();
    let skus: Vec<_> = each().map(|e| e.sku.to_string()).collect();
    let numbers: Vec<_> = each().map(|e| e.entry).collect();
    let kinds: Vec<_> = each().map(|e| e.kind.name()).collect();
    let ids: Vec<_> = each()
        .map(|e| e.reservation_id.map(ReservationId::uuid))
        .collect();
    let recorded_at: Vec<_> = each().map(|e| e.recorded_at).collect();
    let reasons: Vec<_> = each().map(|e| e.reason.as_deref()).collect();
    let done = sqlx::query!(
        r#"
        insert into ledger (
            sku, entry, kind, reservation_id, quantity, available_delta, reserved_delta,
            sold_delta, total_delta, recorded_at, reason
        )
        select * from unnest(
            $1::text[], $2::bigint[], $3::text[]::ledger_kind[], $4::uuid[], $5::integer[],
            $6::integer[], $7::integer[], $8::integer[], $9::integer[], $10::timestamptz[],
            $11::text[]
        )
        "#,
        &skus,
        &numbers,
        &kinds as &[&str],
        &ids as &[Option<uuid::Uuid>],
        &delta(|e| e.quantity),
        &delta(|e| e.deltas.available),
        &delta(|e| e.deltas.reserved),
        &delta(|e| e.deltas.sold),
        &delta(|e| e.deltas.total),
        &recorded_at,
        &reasons as &[Option<&str>],
    )
    .execute(connection)
    .await?;
    ensure_rows(&done, entries.len())
}

/// Whether the entry of that number was written at that instant, which no other transaction can
/// have done.
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
) -> sqlx::Result<Vec<LedgerView>> {
    sqlx::query_as!(
        LedgerView,
        r#"
        select
            entry, kind::text as "kind!", reservation_id, quantity, available_delta,
            reserved_delta, sold_delta, total_delta, version as "version!", recorded_at, reason
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
