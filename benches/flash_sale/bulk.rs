//! *Bulk*: PostgreSQL alone inserts the same rows in batches of 256, without HTTP or decisions.

use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::fixture::Fixture;
use crate::outcome::Outcome;
use crate::resource_usage::ResourceUsage;
use crate::sample::Sample;

/// Reservations per transaction.
const BATCH: usize = 256;

/// Inserts reservations and their ledger rows for `length`.
pub(crate) async fn run(
    fixture: &mut Fixture,
    sku: &str,
    length: Duration,
) -> anyhow::Result<Sample> {
    let before = ResourceUsage::now(&mut fixture.connection, &[], fixture.database).await?;
    let mut outcome = Outcome::new();
    let started = Instant::now();
    while started.elapsed() < length {
        let mut transaction = fixture.connection.begin().await?;
        insert(&mut transaction, sku).await?;
        transaction.commit().await?;
        outcome.succeeded += u64::try_from(BATCH)?;
    }
    outcome.took = started.elapsed();
    let after = ResourceUsage::now(&mut fixture.connection, &[], fixture.database).await?;
    Ok(Sample::of(&outcome, after.since(before)))
}

async fn insert(connection: &mut PgConnection, sku: &str) -> sqlx::Result<()> {
    let stock = sqlx::query!(
        r#"
        with locked as materialized (select version from skus where sku = $1 for update)
        select version as "version!", clock_timestamp() as "now!" from locked
        "#,
        sku,
    )
    .fetch_one(&mut *connection)
    .await?;
    let ids: Vec<_> = (0..BATCH).map(|_| Uuid::now_v7()).collect();
    let users: Vec<_> = ids.iter().map(|id| format!("bulk-{id}")).collect();
    let entries: Vec<_> = (stock.version + 1..).take(BATCH).collect();
    sqlx::query!(
        r#"
        insert into reservations (
            sku, reservation_id, user_id, quantity, status, ttl_seconds, created_at, updated_at,
            expires_at, fairness_score, fairness_tier, fairness_reason
        )
        select
            $1, new.id, new.user_id, 1, 'RESERVED', 86400, $4::timestamptz, $4,
            $4::timestamptz + interval '86400 seconds', 1, 'full', 'no abandoned holds'
        from unnest($2::uuid[], $3::text[]) as new(id, user_id)
        "#,
        sku,
        &ids,
        &users,
        stock.now,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        r#"
        insert into ledger (
            sku, entry, kind, reservation_id, quantity, available_delta, reserved_delta,
            sold_delta, total_delta, recorded_at
        )
        select $1, new.entry, 'RESERVED', new.id, 1, -1, 1, 0, 0, $4
        from unnest($2::bigint[], $3::uuid[]) as new(entry, id)
        "#,
        sku,
        &entries,
        &ids,
        stock.now,
    )
    .execute(&mut *connection)
    .await?;
    let added = i64::try_from(BATCH).unwrap_or(i64::MAX);
    sqlx::query!(
        r#"
        update skus
        set
            available_quantity = available_quantity - $2,
            reserved_quantity = reserved_quantity + $2,
            version = version + $2,
            updated_at = $3
        where sku = $1
        "#,
        sku,
        added,
        stock.now,
    )
    .execute(connection)
    .await?;
    Ok(())
}
