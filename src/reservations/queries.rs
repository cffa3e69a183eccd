//! Reservations as they read at this moment: a hold past its end reads as EXPIRED, swept or not.
//!
//! Each answer is one statement, and so of one snapshot: who leaves the line meanwhile reads as
//! waiting, with the place that it had, or as gone.

use sqlx::PgPool;

use super::placed::{Placed, PlacedRow};
use super::{ReservationId, ReservationStatus, UserId};
use crate::inventory::Sku;

/// How many reservations are looked at for a page that shows only some of them.
const LOOK: i64 = 10_000;

/// The reservation of that id.
pub async fn find(pool: &PgPool, id: ReservationId) -> sqlx::Result<Option<Placed>> {
    Ok(find_each(pool, &[id]).await?.pop())
}

/// The reservations of those ids that there are, in no order.
pub async fn find_each(pool: &PgPool, ids: &[ReservationId]) -> sqlx::Result<Vec<Placed>> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let found = sqlx::query_as!(
        PlacedRow,
        r#"
        select
            sku as "sku!", reservation_id as "reservation_id!", user_id as "user_id!",
            quantity as "quantity!",
            case
                when status = 'RESERVED' and expires_at <= statement_timestamp() then 'EXPIRED'
                else status::text
            end as "status!",
            sequence, ttl_seconds, created_at as "created_at!", updated_at as "updated_at!",
            expires_at, fairness_score as "fairness_score!",
            fairness_tier::text as "fairness_tier!", fairness_reason as "fairness_reason!",
            null::bigint as number,
            case status
                when 'WAITLISTED' then (
                    select position
                    from waitlist_places
                    where sku = r.sku
                        and sequence = r.sequence
                )
            end as position
        from every_reservation as r
        where reservation_id = any($1)
        "#,
        &ids,
    )
    .fetch_all(pool)
    .await?;
    found.into_iter().map(Placed::try_from).collect()
}

/// Which reservations to list; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this SKU.
    pub sku: Option<Sku>,
    /// Of this user.
    pub user_id: Option<UserId>,
    /// That read as this status.
    pub status: Option<ReservationStatus>,
}

/// What a look at the reservations has found.
#[derive(Debug, Default)]
pub struct Listed {
    /// The newest that fit.
    pub found: Vec<Placed>,
    /// Where the look ended, if there may be more behind it.
    pub looked_until: Option<ReservationId>,
}

/// The newest `rows` reservations that fit, older than `after`; fewer where one has to look far for
/// them.
pub async fn list(
    pool: &PgPool,
    filter: &Filter,
    after: Option<ReservationId>,
    rows: i64,
) -> sqlx::Result<Listed> {
    let most = if filter.status.is_some() { LOOK } else { rows };
    let seen = match filter.status {
        Some(ReservationStatus::Waitlisted | ReservationStatus::Reserved) => {
            live(pool, filter, after, rows).await?
        }
        Some(
            ReservationStatus::Confirmed
            | ReservationStatus::Cancelled
            | ReservationStatus::Expired,
        )
        | None => look(pool, filter, after, rows, most).await?,
    };
    let last = seen.last().filter(|row| row.number == Some(most));
    let looked_until = last.map(|row| row.reservation_id.into());
    let seen = seen.into_iter().map(Placed::try_from);
    let mut found: Vec<_> = seen.collect::<Result<_, _>>()?;
    found.retain(|(one, _)| filter.status.is_none_or(|status| status == one.status));
    Ok(Listed {
        found,
        looked_until,
    })
}

/// Finds those that wait or hold without a look at those that have ended, of which there are many:
/// by the table of those who wait, and by an index that has only holds.
async fn live(
    pool: &PgPool,
    filter: &Filter,
    after: Option<ReservationId>,
    rows: i64,
) -> sqlx::Result<Vec<PlacedRow>> {
    sqlx::query_as!(
        PlacedRow,
        r#"
        -- Materialized, or the way by all ids would seem short wherever many are held.
        with held as materialized (
            select sku, reservation_id
            from reservations
            where $3 = 'RESERVED'
                and status = 'RESERVED'
                and quantity > 0
                and expires_at > statement_timestamp()
                and ($1::text is null or sku = $1)
                and ($2::text is null or user_id = $2)
                and ($4::uuid is null or reservation_id < $4)
        ),
        page as (
            select sku, reservation_id
            from waitlist
            where $3 = 'WAITLISTED'
                and ($1::text is null or sku = $1)
                and ($2::text is null or user_id = $2)
                and ($4::uuid is null or reservation_id < $4)
            union all
            select sku, reservation_id
            from held
            order by reservation_id desc
            limit $5
        )
        select
            r.sku, r.reservation_id, r.user_id, r.quantity, r.status::text as "status!",
            r.sequence, r.ttl_seconds, r.created_at, r.updated_at, r.expires_at,
            r.fairness_score, r.fairness_tier::text as "fairness_tier!", r.fairness_reason,
            null::bigint as number,
            case r.status
                when 'WAITLISTED' then (
                    select position
                    from waitlist_places
                    where sku = r.sku
                        and sequence = r.sequence
                )
            end as position
        from page
        cross join lateral (
            select *
            from reservations
            where sku = page.sku
                and reservation_id = page.reservation_id
            limit 1
        ) as r
        order by r.reservation_id desc
        "#,
        filter.sku.as_ref().map(Sku::as_str),
        filter.user_id.as_ref().map(UserId::as_str),
        filter.status.map(ReservationStatus::name),
        after.map(ReservationId::uuid),
        rows,
    )
    .fetch_all(pool)
    .await
}

/// Looks at the newest `most` for those of the status, so that a rare one costs no more. The last of
/// them comes too, whatever its status.
async fn look(
    pool: &PgPool,
    filter: &Filter,
    after: Option<ReservationId>,
    rows: i64,
    most: i64,
) -> sqlx::Result<Vec<PlacedRow>> {
    sqlx::query_as!(
        PlacedRow,
        r#"
        select
            sku as "sku!", reservation_id as "reservation_id!", user_id as "user_id!",
            quantity as "quantity!", reads as "status!", sequence, ttl_seconds,
            created_at as "created_at!", updated_at as "updated_at!", expires_at,
            fairness_score as "fairness_score!", fairness_tier::text as "fairness_tier!",
            fairness_reason as "fairness_reason!", number,
            case status
                when 'WAITLISTED' then (
                    select position
                    from waitlist_places
                    where sku = seen.sku
                        and sequence = seen.sequence
                )
            end as position
        from (
            select
                *,
                row_number() over (
                    order by case when $1::text is not null then sku end desc, reservation_id desc
                ) as number
            from (
                select
                    *,
                    case
                        when status = 'RESERVED' and expires_at <= statement_timestamp()
                            then 'EXPIRED'
                        else status::text
                    end as reads
                from every_reservation
                -- A range of one SKU, in an order that only the index by SKU has: past the other
                -- SKUs, of which there may be any number.
                where ($1::text is null or sku between $1 and $1)
                    and ($2::text is null or user_id = $2)
                    and ($4::uuid is null or reservation_id < $4)
                order by case when $1::text is not null then sku end desc, reservation_id desc
                limit $6
            ) as looked_at
        ) as seen
        where $3::text is null or reads = $3 or number = $6
        order by case when $1::text is not null then sku end desc, reservation_id desc
        limit $5
        "#,
        filter.sku.as_ref().map(Sku::as_str),
        filter.user_id.as_ref().map(UserId::as_str),
        filter.status.map(ReservationStatus::name),
        after.map(ReservationId::uuid),
        rows,
        most,
    )
    .fetch_all(pool)
    .await
}
