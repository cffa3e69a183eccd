//! PostgreSQL alone: the same rows in batches of 256, no HTTP, nothing decided.

use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::outcome::Outcome;
use crate::sample::Sample;
use crate::stage::Stage;
use crate::usage::Usage;

/// Rows in a transaction.
const BATCH: usize = 256;

/// Inserts reservations and their ledger rows for `length`.
pub(crate) async fn run(stage: &mut Stage, sku: &str, length: Duration) -> anyhow::Result<Sample> {
    let before = Usage::now(&mut stage.connection, &[], stage.database).await?;
    let mut outcome = Outcome::new();
    let started = Instant::now();
    while started.elapsed() < length {
        let mut transaction = stage.connection.begin().await?;
        let version =
            sqlx::query_scalar!("select version from skus where sku = $1 for update", sku)
                .fetch_one(&mut *transaction)
                .await?;
        insert(&mut transaction, sku, version).await?;
        transaction.commit().await?;
        outcome.succeeded += u64::try_from(BATCH)?;
    }
    outcome.took = started.elapsed();
    let after = Usage::now(&mut stage.connection, &[], stage.database).await?;
    Ok(Sample::of(&outcome, after.since(before)))
}

async fn insert(connection: &mut PgConnection, sku: &str, version: i64) -> sqlx::Result<()> {
    let ids: Vec<_> = (0..BATCH).map(|_| Uuid::now_v7()).collect();
    let users: Vec<_> = ids.iter().map(|id| format!("bulk-{id}")).collect();
    let entries: Vec<_> = (version + 1..).take(BATCH).collect();
    sqlx::query!(
        r#"
        insert into reservations (
            sku, reservation_id, user_id, quantity, status, ttl_seconds, created_at, updated_at,
            expires_at, fairness_score, fairness_tier, fairness_reason
        )
        select
            $1, new.id, new.user_id, 1, 'RESERVED', 86400, clock.now, clock.now,
            clock.now + interval '1 day', 1, 'full', 'no abandoned holds'
        from unnest($2::uuid[], $3::text[]) as new(id, user_id)
        cross join (select clock_timestamp() as now) as clock
        "#,
        sku,
        &ids,
        &users,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        r#"
        insert into ledger (
            sku, entry, kind, reservation_id, quantity, available_delta, reserved_delta,
            sold_delta, total_delta, recorded_at
        )
        select $1, new.entry, 'RESERVED', new.id, 1, -1, 1, 0, 0, clock.now
        from unnest($2::bigint[], $3::uuid[]) as new(entry, id)
        cross join (select clock_timestamp() as now) as clock
        "#,
        sku,
        &entries,
        &ids,
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
            updated_at = clock_timestamp()
        where sku = $1
        "#,
        sku,
        added,
    )
    .execute(connection)
    .await?;
    Ok(())
}
