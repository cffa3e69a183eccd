//! What nearly every batch reads, in one statement: each that is saved is a round trip less for all
//! who wait for the SKU.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::rows::Row;
use crate::fairness::Behavior;
use crate::inventory::Sku;
use crate::reservations::{Reservation, UserId};

/// What a batch wants to know.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// The reservations of these ids, each with its SKU.
    pub(super) ids: (Vec<String>, Vec<Uuid>),
    /// The live reservations of these users, each with the SKU.
    pub(super) users: (Vec<String>, Vec<String>),
    /// The due holds of these SKUs.
    pub(super) due_of: Vec<String>,
    /// How many due holds of each SKU at most.
    pub(super) due_limit: i64,
    /// The behaviour of these users, on whatever SKU.
    pub(super) judged: Vec<String>,
}

/// What was found. A reservation may come up more than once.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) reservations: Vec<Reservation>,
    pub(super) behaviors: Vec<(Sku, UserId, Behavior)>,
}

/// Reads what `wanted` names, each row by a look into its index; due holds are those that end at
/// `now` or before, the longest due first.
pub(super) async fn read(
    connection: &mut PgConnection,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> sqlx::Result<Found> {
    let mut found = Found::default();
    for row in rows(connection, wanted, now).await? {
        match row.reservation_id {
            Some(id) => found.reservations.push(row.reservation(id)?),
            None => found.behaviors.push(row.behavior()?),
        }
    }
    Ok(found)
}

async fn rows(
    connection: &mut PgConnection,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"
        -- Reservations by id.
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
        from unnest($1::text[], $2::uuid[]) as named(sku, reservation_id)
        cross join lateral (
            select *
            from reservations
            where sku = named.sku
                and reservation_id = named.reservation_id
            limit 1
        ) as r
        union all
        -- The live one of a user.
        select
            r.sku, r.user_id, r.reservation_id, r.quantity, r.status::text, r.sequence,
            r.ttl_seconds, r.created_at, r.updated_at, r.expires_at, r.fairness_score,
            r.fairness_tier::text, r.fairness_reason, null, null, null, null, null, null
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
        select
            r.sku, r.user_id, r.reservation_id, r.quantity, r.status::text, r.sequence,
            r.ttl_seconds, r.created_at, r.updated_at, r.expires_at, r.fairness_score,
            r.fairness_tier::text, r.fairness_reason, null, null, null, null, null, null
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
        union all
        -- How earlier holds of a user ended, on all SKUs.
        select
            b.sku, b.user_id, null, null, null, null, null, null, null, null, null, null, null,
            b.confirmed_count, b.cancelled_count, b.expired_count, b.confirmed_weight,
            b.abandoned_weight, b.weighted_at
        from user_behavior as b
        where b.user_id = any($8)
        "#,
        &wanted.ids.0,
        &wanted.ids.1,
        &wanted.users.0,
        &wanted.users.1,
        &wanted.due_of,
        now,
        wanted.due_limit,
        &wanted.judged,
    )
    .fetch_all(connection)
    .await
}
