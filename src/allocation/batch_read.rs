//! The statement that nearly every batch reads with. It is one: each more would be another round
//! trip under the lock of the SKU.

use chrono::{DateTime, Utc};
use fairhold_core::fairness::Behavior;
use fairhold_core::ids::{Sku, UserId};
use fairhold_core::reservations::Reservation;
use sqlx::PgConnection;
use uuid::Uuid;

use super::batch_row::BatchRow;
use crate::fairness::store::ROWS_OF_USER;

/// The parameters of the statement.
#[derive(Debug, Default)]
pub(super) struct BatchRead {
    /// Reservations by SKU and id.
    pub(super) ids: (Vec<String>, Vec<Uuid>),
    /// Live reservations by SKU and user.
    pub(super) users: (Vec<String>, Vec<String>),
    /// SKUs whose due holds are read.
    pub(super) due_of: Vec<String>,
    /// The most due holds of one SKU.
    pub(super) due_limit: i64,
    /// Users whose latest behavior is read.
    pub(super) judged: Vec<String>,
}

/// The rows. A reservation may occur more than once.
#[derive(Debug, Default)]
pub(super) struct BatchRows {
    pub(super) reservations: Vec<Reservation>,
    pub(super) behaviors: Vec<(Sku, UserId, Behavior)>,
}

/// Reads each row by its index. Due holds are those that end at `now` or before, the longest due
/// first.
pub(super) async fn read(
    connection: &mut PgConnection,
    parameters: &BatchRead,
    now: DateTime<Utc>,
) -> sqlx::Result<BatchRows> {
    let mut rows = BatchRows::default();
    for row in select(connection, parameters, now).await? {
        match row.reservation_id {
            Some(id) => rows.reservations.push(row.reservation(id)?),
            None => rows.behaviors.push(row.behavior()?),
        }
    }
    Ok(rows)
}

async fn select(
    connection: &mut PgConnection,
    parameters: &BatchRead,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<BatchRow>> {
    sqlx::query_as!(
        BatchRow,
        r#"
        select
            r.sku as "sku!", r.user_id as "user_id!", r.reservation_id as "reservation_id?",
            r.quantity as "quantity?", r.status::text as "status?", r.sequence as "sequence?",
            r.ttl_seconds as "ttl_seconds?", r.created_at as "created_at?",
            r.updated_at as "updated_at?", r.expires_at as "expires_at?",
            r.fairness_score as "fairness_score?", r.fairness_tier::text as "fairness_tier?",
            r.fairness_reason as "fairness_reason?", null::bigint as "confirmed_count?",
            null::bigint as "cancelled_count?", null::bigint as "expired_count?",
            null::double precision as "confirmed_weight?",
            null::double precision as "abandoned_weight?", null::timestamptz as "weighted_at?"
        from (
            -- Reservations by id.
            select r.*
            from unnest($1::text[], $2::uuid[]) as named(sku, reservation_id)
            cross join lateral (
                select *
                from reservations
                where sku = named.sku
                    and reservation_id = named.reservation_id
                limit 1
            ) as r
            union all
            -- The live reservation of a user.
            select r.*
            from unnest($3::text[], $4::text[]) as named(sku, user_id)
            cross join lateral (
                select *
                from reservations
                where sku = named.sku
                    and user_id = named.user_id
                    and status in ('WAITLISTED', 'RESERVED')
                limit 1
            ) as r
            union all
            -- Due holds.
            select r.*
            from unnest($5::text[]) as named(sku)
            cross join lateral (
                select *
                from reservations
                where sku = named.sku
                    and status = 'RESERVED'
                    and expires_at <= $6
                order by expires_at
                limit $7
            ) as r
        ) as r
        union all
        -- How earlier holds of a user ended, on the SKUs where that was last.
        select
            b.sku, b.user_id, null, null, null, null, null, null, null, null, null, null, null,
            b.confirmed_count, b.cancelled_count, b.expired_count, b.confirmed_weight,
            b.abandoned_weight, b.weighted_at
        from unnest($8::text[]) as judged(user_id)
        cross join lateral (
            select *
            from user_behavior
            where user_id = judged.user_id
            order by weighted_at desc, sku
            limit $9
        ) as b
        "#,
        &parameters.ids.0,
        &parameters.ids.1,
        &parameters.users.0,
        &parameters.users.1,
        &parameters.due_of,
        now,
        parameters.due_limit,
        &parameters.judged,
        ROWS_OF_USER,
    )
    .fetch_all(connection)
    .await
}
