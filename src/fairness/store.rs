//! The table `user_behavior`.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use fairhold_core::fairness::{Behavior, JUDGED_SKUS, Weights};
use fairhold_core::ids::{Sku, UserId};
use sqlx::{PgConnection, PgExecutor};

use crate::database::{ensure_rows, wrong_row};

#[derive(Debug)]
pub(crate) struct BehaviorRow {
    pub(crate) sku: String,
    pub(crate) user_id: String,
    pub(crate) confirmed_count: i64,
    pub(crate) cancelled_count: i64,
    pub(crate) expired_count: i64,
    pub(crate) confirmed_weight: f64,
    pub(crate) abandoned_weight: f64,
    pub(crate) weighted_at: DateTime<Utc>,
}

impl TryFrom<BehaviorRow> for (Sku, UserId, Behavior) {
    type Error = sqlx::Error;

    fn try_from(row: BehaviorRow) -> Result<Self, Self::Error> {
        let behavior = Behavior {
            confirmed_count: row.confirmed_count,
            cancelled_count: row.cancelled_count,
            expired_count: row.expired_count,
            weights: Weights {
                confirmed: row.confirmed_weight,
                abandoned: row.abandoned_weight,
            },
            weighted_at: row.weighted_at,
        };
        Ok((
            Sku::parse(&row.sku).map_err(wrong_row)?,
            UserId::parse(&row.user_id).map_err(wrong_row)?,
            behavior,
        ))
    }
}

/// How many rows of a user are read.
#[expect(clippy::cast_possible_wrap, reason = "a small number")]
pub(crate) const ROWS_OF_USER: i64 = JUDGED_SKUS as i64;

/// Reads the rows that each of these users is judged by.
pub async fn load(
    executor: impl PgExecutor<'_>,
    users: &[String],
) -> sqlx::Result<Vec<(Sku, UserId, Behavior)>> {
    let rows = sqlx::query_as!(
        BehaviorRow,
        r#"
        select
            b.sku, b.user_id, b.confirmed_count, b.cancelled_count, b.expired_count,
            b.confirmed_weight, b.abandoned_weight, b.weighted_at
        from unnest($1::text[]) as judged(user_id)
        cross join lateral (
            select *
            from user_behavior
            where user_id = judged.user_id
            order by weighted_at desc, sku
            limit $2
        ) as b
        "#,
        users,
        ROWS_OF_USER,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(TryFrom::try_from).collect()
}

/// Reads single rows.
pub async fn load_rows(
    executor: impl PgExecutor<'_>,
    rows: &BTreeSet<(Sku, UserId)>,
) -> sqlx::Result<Vec<(Sku, UserId, Behavior)>> {
    let skus: Vec<_> = rows.iter().map(|(sku, _)| sku.to_string()).collect();
    let users: Vec<_> = rows
        .iter()
        .map(|(_, user_id)| user_id.to_string())
        .collect();
    let rows = sqlx::query_as!(
        BehaviorRow,
        r#"
        select
            b.sku, b.user_id, b.confirmed_count, b.cancelled_count, b.expired_count,
            b.confirmed_weight, b.abandoned_weight, b.weighted_at
        from unnest($1::text[], $2::text[]) as named(sku, user_id)
        cross join lateral (
            select *
            from user_behavior
            where sku = named.sku
                and user_id = named.user_id
            limit 1
        ) as b
        "#,
        &skus,
        &users,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(TryFrom::try_from).collect()
}

/// Writes rows whose SKU the transaction has locked.
pub async fn upsert(
    connection: &mut PgConnection,
    rows: &[(Sku, UserId, Behavior)],
) -> sqlx::Result<()> {
    let count = |of: fn(&Behavior) -> i64| rows.iter().map(|r| of(&r.2)).collect::<Vec<_>>();
    let weight = |of: fn(&Behavior) -> f64| rows.iter().map(|r| of(&r.2)).collect::<Vec<_>>();
    let skus: Vec<_> = rows.iter().map(|r| r.0.to_string()).collect();
    let user_ids: Vec<_> = rows.iter().map(|r| r.1.to_string()).collect();
    let weighted_at: Vec<_> = rows.iter().map(|r| r.2.weighted_at).collect();
    let done = sqlx::query!(
        r#"
        insert into user_behavior (
            sku, user_id, confirmed_count, cancelled_count, expired_count, confirmed_weight,
            abandoned_weight, weighted_at
        )
        select * from unnest(
            $1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[],
            $6::double precision[], $7::double precision[], $8::timestamptz[]
        )
        on conflict on constraint user_behavior_pkey do update
        set
            confirmed_count = excluded.confirmed_count,
            cancelled_count = excluded.cancelled_count,
            expired_count = excluded.expired_count,
            confirmed_weight = excluded.confirmed_weight,
            abandoned_weight = excluded.abandoned_weight,
            weighted_at = excluded.weighted_at
        "#,
        &skus,
        &user_ids,
        &count(|b| b.confirmed_count),
        &count(|b| b.cancelled_count),
        &count(|b| b.expired_count),
        &weight(|b| b.weights.confirmed),
        &weight(|b| b.weights.abandoned),
        &weighted_at,
    )
    .execute(connection)
    .await?;
    ensure_rows(&done, rows.len())
}
