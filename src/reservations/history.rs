//! Reservations that ended long ago: moved out of the busy table, and read where they went.
//!
//! An ended reservation never changes: no command writes it, so none needs to be kept from it while
//! it is moved, and the move takes no lock on the SKU's row. It is one statement, so every snapshot
//! has the row in one of the two tables. Rows only go one way: who does not find a row in
//! `reservations` finds it here by any later statement.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

use super::store::Row;
use super::{Reservation, ReservationId};
use crate::database::wrong_row;
use crate::inventory::Sku;

/// The SKU of a reservation that was moved.
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

/// Reads those of the reservations that were moved.
pub async fn load(
    connection: &mut PgConnection,
    named: &[(Sku, ReservationId)],
) -> sqlx::Result<Vec<Reservation>> {
    let skus: Vec<_> = named.iter().map(|(sku, _)| sku.to_string()).collect();
    let ids: Vec<_> = named.iter().map(|(_, id)| id.uuid()).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"
        select
            h.sku as "sku!", h.reservation_id as "reservation_id!", h.user_id as "user_id!",
            h.quantity as "quantity!", h.status::text as "status!", h.sequence, h.ttl_seconds,
            h.created_at as "created_at!", h.updated_at as "updated_at!", h.expires_at,
            h.fairness_score as "fairness_score!", h.fairness_tier::text as "fairness_tier!",
            h.fairness_reason as "fairness_reason!"
        from unnest($1::text[], $2::uuid[]) as named(sku, reservation_id)
        cross join lateral (
            select *
            from reservations_history
            where sku = named.sku
                and reservation_id = named.reservation_id
            limit 1
        ) as h
        "#,
        &skus,
        &ids,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Reservation::try_from).collect()
}

/// The instant that was so long ago.
pub async fn ago(pool: &PgPool, age: Duration) -> sqlx::Result<DateTime<Utc>> {
    sqlx::query_scalar!(
        r#"select clock_timestamp() - make_interval(secs => $1) as "then!""#,
        age.as_secs_f64(),
    )
    .fetch_one(pool)
    .await
}

/// A stretch of the reservations in the order of their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stretch {
    /// The last id of it; `None` when nothing is left.
    pub last: Option<ReservationId>,
    /// The months in which those of it were made that ended long ago, each by its first instant.
    pub months: Vec<DateTime<Utc>>,
}

/// Looks at the next `rows` reservations behind `after` of those that were made before `then`, and
/// finds which have ended before `then`. Takes no lock.
pub async fn look(
    pool: &PgPool,
    after: ReservationId,
    then: DateTime<Utc>,
    rows: i64,
) -> sqlx::Result<Stretch> {
    // Nothing ends before it was made, and ids rise with time: behind the least id of that instant
    // there is nothing to be found, however much there is. An id that a fast clock made is found
    // that much later.
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
        then,
        rows,
    )
    .fetch_one(pool)
    .await?;
    Ok(Stretch {
        last: found.last.map(ReservationId::from),
        months: found.months.unwrap_or_default(),
    })
}

/// Makes sure that the history has a partition for this month. Several processes may do it at once.
pub async fn provide(pool: &PgPool, month: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("select provide_history($1)", month)
        .execute(pool)
        .await?;
    Ok(())
}

/// Moves the reservations of a stretch that ended before `then` into the history, and says how many
/// it moved. Those that another process is just moving are passed over.
pub async fn move_ended(
    pool: &PgPool,
    after: ReservationId,
    last: ReservationId,
    then: DateTime<Utc>,
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
        -- The stretch is named again, so that it is found by its index whatever the statistics say.
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
        then,
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}
