//! The table `idempotency_keys`.

use chrono::{DateTime, Utc};
use fairhold_core::idempotency::{
    IdempotencyKey, KeyRecord, KeyScope, KeyedEndpoint, KeyedOutcome, KeyedRequest,
};
use fairhold_core::ids::{ReservationId, Sku};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::database::{ensure_rows, wrong_row};

/// A key with its SKU and endpoint.
pub type SkuKey = (Sku, KeyScope);

/// Reads those of `keys` that took effect.
pub async fn load(
    connection: &mut PgConnection,
    keys: &[SkuKey],
) -> sqlx::Result<Vec<(SkuKey, KeyRecord)>> {
    let skus: Vec<_> = keys.iter().map(|k| k.0.to_string()).collect();
    let endpoints: Vec<_> = keys.iter().map(|k| k.1.0.name()).collect();
    let names: Vec<_> = keys.iter().map(|k| k.1.1.to_string()).collect();
    let rows = sqlx::query!(
        r#"
        select
            k.sku,
            k.endpoint::text as "endpoint!",
            k.idempotency_key,
            k.request as "request: Json<KeyedRequest>",
            k.outcome as "outcome: Json<KeyedOutcome>"
        from unnest($1::text[], $2::text[]::idempotent_endpoint[], $3::text[])
            as named(sku, endpoint, idempotency_key)
        join idempotency_keys as k
            on k.sku = named.sku
            and k.endpoint = named.endpoint
            and k.idempotency_key = named.idempotency_key
        "#,
        &skus,
        &endpoints as &[&str],
        &names,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let sku = Sku::parse(&row.sku).map_err(wrong_row)?;
            let endpoint = KeyedEndpoint::from_name(&row.endpoint).ok_or(wrong_row("endpoint"))?;
            let key = IdempotencyKey::parse(row.idempotency_key.as_bytes()).map_err(wrong_row)?;
            let record = KeyRecord {
                request: row.request.0,
                outcome: row.outcome.0,
            };
            Ok(((sku, (endpoint, key)), record))
        })
        .collect()
}

/// Whether a key took effect at that instant.
pub async fn has(
    connection: &mut PgConnection,
    sku: &Sku,
    (endpoint, key): &KeyScope,
    at: DateTime<Utc>,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"
        select exists (
            select from idempotency_keys
            where sku = $1
                and endpoint = $2::text::idempotent_endpoint
                and idempotency_key = $3
                and created_at = $4
        ) as "exists!"
        "#,
        sku.as_str(),
        endpoint.name(),
        key.as_str(),
        at,
    )
    .fetch_one(connection)
    .await
}

/// Writes keys that took effect at `now`.
pub async fn insert(
    connection: &mut PgConnection,
    keys: &[(Sku, KeyScope, KeyRecord)],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let each = || keys.iter();
    let skus: Vec<_> = each().map(|k| k.0.to_string()).collect();
    let endpoints: Vec<_> = each().map(|k| k.1.0.name()).collect();
    let names: Vec<_> = each().map(|k| k.1.1.to_string()).collect();
    let requests: Vec<_> = each().map(|k| Json(&k.2.request)).collect();
    let outcomes: Vec<_> = each().map(|k| Json(&k.2.outcome)).collect();
    let ids: Vec<_> = each()
        .map(|k| k.2.reservation_id().map(ReservationId::uuid))
        .collect();
    let done = sqlx::query!(
        r#"
        insert into idempotency_keys (
            sku, endpoint, idempotency_key, request, outcome, reservation_id, created_at
        )
        select new.*, $7::timestamptz
        from unnest(
            $1::text[], $2::text[]::idempotent_endpoint[], $3::text[], $4::jsonb[],
            $5::jsonb[], $6::uuid[]
        ) as new
        "#,
        &skus,
        &endpoints as &[&str],
        &names,
        &requests as &[Json<&KeyedRequest>],
        &outcomes as &[Json<&KeyedOutcome>],
        &ids as &[Option<uuid::Uuid>],
        now,
    )
    .execute(connection)
    .await?;
    ensure_rows(&done, keys.len())
}
