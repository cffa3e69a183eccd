//! The history: reservations that ended long ago are moved there from the busy table.
//!
//! An ended reservation never changes: no command writes it, so that moving it needs no lock on the
//! SKU's row. The move is one statement, so that every snapshot has the row in one of the two tables.
//! Rows only go one way: a row that is not in `reservations` is in the history for any later
//! statement.

use std::time::Duration;

use chrono::{DateTime, Utc};
use fairhold_core::ids::{ReservationId, Sku};
use fairhold_core::reservations::Reservation;
use sqlx::{PgConnection, PgPool};

use super::row::select_reservations;
use crate::database::wrong_row;

/// The SKU of a reservation in the history.
pub async fn sku_of(pool: &PgPool, id: ReservationId) -> sqlx::Result<Option<Sku>> {
    let sku = sqlx::query_scalar!(
        "select sku from reservations_history where reservation_id = $1",
        id.uuid(),
    )
    .fetch_optional(pool)
    .await?;
    sku.map(|sku| Sku::parse(&sku).map_err(wrong_row))
        .transpose()
}

/// Reads those of the reservations that are in the history.
pub async fn load(
    connection: &mut PgConnection,
    named: &[(Sku, ReservationId)],
) -> sqlx::Result<Vec<Reservation>> {
    let skus: Vec<_> = named.iter().map(|(sku, _)| sku.to_string()).collect();
    let ids: Vec<_> = named.iter().map(|(_, id)| id.uuid()).collect();
    let rows = select_reservations!(
        from: r#"
            from unnest($1::text[], $2::uuid[]) as named(sku, reservation_id)
            cross join lateral (
                select *
                from reservations_history
                where sku = named.sku
                    and reservation_id = named.reservation_id
                limit 1
            ) as r
        "#,
        &skus,
        &ids,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Reservation::try_from).collect()
}

/// The instant `age` ago, by the database's clock.
pub async fn instant_before(pool: &PgPool, age: Duration) -> sqlx::Result<DateTime<Utc>> {
    sqlx::query_scalar!(
        r#"select clock_timestamp() - make_interval(secs => $1) as "then!""#,
        age.as_secs_f64(),
    )
    .fetch_one(pool)
    .await
}

/// A range of reservations in the order of their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdRange {
    /// The last id of the range; `None` when no reservation is left.
    pub last: Option<ReservationId>,
    /// The months, by their first instants, in which those reservations were made that can be moved.
    pub months: Vec<DateTime<Utc>>,
}

/// Examines the next `rows` reservations behind `after` that were made before `before`, and finds
/// those that ended before `before`. Takes no lock.
pub async fn next_range(
    pool: &PgPool,
    after: ReservationId,
    before: DateTime<Utc>,
    rows: i64,
) -> sqlx::Result<IdRange> {
    // No reservation ends before it is made, and ids rise with time: there is no need to read behind
    // the least id of that instant. An id that was made by a clock that is fast is found that much
    // later.
    let found = sqlx::query!(
        r#"
        select
            (array_agg(reservation_id order by reservation_id desc))[1] as last,
            array_agg(distinct date_trunc('month', instant_of_id(reservation_id), 'UTC')) filter (
                where status in ('CONFIRMED', 'CANCELLED', 'EXPIRED')
                    and updated_at < $2
            ) as months
        from (
            select reservation_id, status, updated_at
            from reservations
            where reservation_id > $1
                and reservation_id < least_id_at($2)
            order by reservation_id
            limit $3
        ) as stretch
        "#,
        after.uuid(),
        before,
        rows,
    )
    .fetch_one(pool)
    .await?;
    Ok(IdRange {
        last: found.last.map(ReservationId::from),
        // The aggregate of no rows is null.
        months: found.months.unwrap_or_default(),
    })
}

/// Creates the partition of a month unless it exists. Safe to call from several processes at once.
pub async fn create_partition(pool: &PgPool, month: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("select provide_history($1)", month)
        .execute(pool)
        .await?;
    Ok(())
}

/// Moves the reservations of a range that ended before `before` into the history. Returns how many it
/// moved. Rows that another process is moving are skipped.
pub async fn move_ended(
    pool: &PgPool,
    after: ReservationId,
    last: ReservationId,
    before: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        r#"
        with ended as (
            select sku, reservation_id
            from reservations
            where reservation_id > $1
                and reservation_id <= $2
                and status in ('CONFIRMED', 'CANCELLED', 'EXPIRED')
                and updated_at < $3
            for update skip locked
        ),
        -- The range is repeated so that its index is used whatever the statistics say.
        moved as (
            delete from reservations as r
            using ended
            where r.reservation_id > $1
                and r.reservation_id <= $2
                and r.sku = ended.sku
                and r.reservation_id = ended.reservation_id
            returning r.*
        )
        insert into reservations_history (
            sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at,
            updated_at, expires_at, fairness_score, fairness_tier, fairness_reason
        )
        select
            sku, reservation_id, user_id, quantity, status, sequence, ttl_seconds, created_at,
            updated_at, expires_at, fairness_score, fairness_tier, fairness_reason
        from moved
        "#,
        after.uuid(),
        last.uuid(),
        before,
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}
