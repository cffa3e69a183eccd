//! Reads reservations as they are at this moment: a hold past its end reads as EXPIRED, swept or not.
//!
//! Each answer is one statement, and so one snapshot.

use fairhold_core::ids::{ReservationId, Sku, UserId};
use fairhold_core::reservations::ReservationStatus;
use sqlx::PgPool;

use super::row::{ReservationRow, WithPosition, select_reservations};

/// How many reservations are examined for a page of one status.
const MAX_EXAMINED: i64 = 10_000;

/// How many reservations that wait or hold are sorted for a page.
const MAX_SORTED: i64 = 2_000;

pub async fn find(pool: &PgPool, id: ReservationId) -> sqlx::Result<Option<WithPosition>> {
    Ok(find_each(pool, &[id]).await?.pop())
}

/// Those of the reservations that exist, in no particular order.
pub async fn find_each(pool: &PgPool, ids: &[ReservationId]) -> sqlx::Result<Vec<WithPosition>> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let found = select_reservations!(
        with: "",
        status: r#"
            case
                when r.status = 'RESERVED' and r.expires_at <= statement_timestamp() then 'EXPIRED'
                else r.status::text
            end
        "#,
        position: waiting,
        number: "null::bigint",
        from: r#"
            from every_reservation as r
            where r.reservation_id = any($1)
        "#,
        &ids,
    )
    .fetch_all(pool)
    .await?;
    found.into_iter().map(WithPosition::try_from).collect()
}

/// Which reservations to list. `None` matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub sku: Option<Sku>,
    pub user_id: Option<UserId>,
    pub status: Option<ReservationStatus>,
}

#[derive(Debug, Default)]
pub struct Listed {
    /// The newest reservations that match.
    pub found: Vec<WithPosition>,
    /// The last reservation that was examined, if there may be matches behind it.
    pub examined_until: Option<ReservationId>,
}

/// The newest `rows` matching reservations that are older than `after`; fewer where matches are rare.
pub async fn list(
    pool: &PgPool,
    filter: &Filter,
    after: Option<ReservationId>,
    rows: i64,
) -> sqlx::Result<Listed> {
    let limit = if filter.status.is_some() {
        MAX_EXAMINED
    } else {
        rows
    };
    let rows = if is_live(filter.status) && has_few_live(pool, filter).await? {
        list_live(pool, filter, after, rows).await?
    } else {
        list_any(pool, filter, after, (rows, limit)).await?
    };
    let last = rows.last().filter(|row| row.number == Some(limit));
    let examined_until = last.map(|row| row.reservation_id.into());
    let rows = rows.into_iter().map(WithPosition::try_from);
    let mut found: Vec<_> = rows.collect::<Result<_, _>>()?;
    found.retain(|(one, _)| filter.status.is_none_or(|status| status == one.status));
    Ok(Listed {
        found,
        examined_until,
    })
}

fn is_live(status: Option<ReservationStatus>) -> bool {
    match status {
        Some(ReservationStatus::Waitlisted | ReservationStatus::Reserved) => true,
        Some(
            ReservationStatus::Confirmed
            | ReservationStatus::Cancelled
            | ReservationStatus::Expired,
        )
        | None => false,
    }
}

/// Whether so few reservations wait, or hold, that all of them can be read and sorted. If not, those
/// of the status are no rarity among the newest.
async fn has_few_live(pool: &PgPool, filter: &Filter) -> sqlx::Result<bool> {
    if filter.sku.is_some() && filter.user_id.is_some() {
        // There is one at most, and an index for it.
        return Ok(true);
    }
    sqlx::query_scalar!(
        r#"
        select count(*) <= $3::bigint as "few!"
        from (
            select
            from reservations
            where $2 = 'RESERVED'
                and status = 'RESERVED'
                and quantity > 0
                and ($1::text is null or sku = $1)
            union all
            select
            from waitlist
            where $2 = 'WAITLISTED'
                and ($1::text is null or sku = $1)
            limit $3::bigint + 1
        ) as live
        "#,
        filter.sku.as_ref().map(Sku::as_str),
        filter.status.map(ReservationStatus::name),
        MAX_SORTED,
    )
    .fetch_one(pool)
    .await
}

/// Lists reservations that wait or hold without examining the many that have ended: by the table of
/// those that wait, and by indexes that have only live ones. Reads all of them.
async fn list_live(
    pool: &PgPool,
    filter: &Filter,
    after: Option<ReservationId>,
    rows: i64,
) -> sqlx::Result<Vec<ReservationRow>> {
    select_reservations!(
        with: r#"
            -- Materialized: otherwise the planner goes through all ids where many are held.
            with live as materialized (
                select sku, reservation_id
                from reservations
                where $3 = 'RESERVED'
                    and status = 'RESERVED'
                    and quantity > 0
                    and expires_at > statement_timestamp()
                    and ($1::text is null or sku = $1)
                    and ($2::text is null or user_id = $2)
                    and ($4::uuid is null or reservation_id < $4)
                union all
                select sku, reservation_id
                from waitlist
                where $3 = 'WAITLISTED'
                    and ($1::text is null or $2::text is null)
                    and ($1::text is null or sku = $1)
                    and ($2::text is null or user_id = $2)
                    and ($4::uuid is null or reservation_id < $4)
                union all
                -- The table of those that wait has no index by user.
                select sku, reservation_id
                from reservations
                where $3 = 'WAITLISTED'
                    and status = 'WAITLISTED'
                    and sku = $1
                    and user_id = $2
                    and ($4::uuid is null or reservation_id < $4)
            ),
            page as (
                select sku, reservation_id
                from live
                order by reservation_id desc
                limit $5
            )
        "#,
        status: "r.status::text",
        position: waiting,
        number: "null::bigint",
        from: r#"
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

/// Examines the newest reservations, at most `limit`, for those of the status, so that a rare status
/// costs no more. The last one examined is returned too, whatever its status.
async fn list_any(
    pool: &PgPool,
    filter: &Filter,
    after: Option<ReservationId>,
    (rows, limit): (i64, i64),
) -> sqlx::Result<Vec<ReservationRow>> {
    select_reservations!(
        with: "",
        status: "r.current_status",
        position: waiting,
        number: "r.number",
        from: r#"
            from (
                select
                    *,
                    row_number() over (
                        order by
                            case when $1::text is not null then sku end desc, reservation_id desc
                    ) as number
                from (
                    select
                        *,
                        case
                            when status = 'RESERVED' and expires_at <= statement_timestamp()
                                then 'EXPIRED'
                            else status::text
                        end as current_status
                    from every_reservation
                    -- A range of one SKU, in an order that only the index by SKU has: the
                    -- reservations of other SKUs, however many, are not read.
                    where ($1::text is null or sku between $1 and $1)
                        and ($2::text is null or user_id = $2)
                        and ($4::uuid is null or reservation_id < $4)
                    order by case when $1::text is not null then sku end desc, reservation_id desc
                    limit $6
                ) as examined
            ) as r
            where $3::text is null or r.current_status = $3 or r.number = $6
            order by case when $1::text is not null then r.sku end desc, r.reservation_id desc
            limit $5
        "#,
        filter.sku.as_ref().map(Sku::as_str),
        filter.user_id.as_ref().map(UserId::as_str),
        filter.status.map(ReservationStatus::name),
        after.map(ReservationId::uuid),
        rows,
        limit,
    )
    .fetch_all(pool)
    .await
}
