//! Computes hold outcomes from the reservations.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::model::{HoldTotals, TopUser, share};
use crate::inventory::Sku;

struct Row {
    active: i64,
    confirmed: i64,
    cancelled: i64,
    expired: i64,
    held: f64,
    unsold: f64,
    user_id: Option<String>,
    user_holds: i64,
    user_confirmed: i64,
    user_held: f64,
    user_unsold: f64,
}

impl Row {
    fn totals(&self) -> HoldTotals {
        let ended = self.confirmed + self.cancelled + self.expired;
        HoldTotals {
            active_count: self.active,
            ended_count: ended,
            confirmed_count: self.confirmed,
            cancelled_count: self.cancelled,
            expired_count: self.expired,
            confirmed_share: share(self.confirmed, ended),
            held_unit_minutes: self.held,
            unsold_unit_minutes: self.unsold,
        }
    }

    fn user(self) -> Option<TopUser> {
        Some(TopUser {
            user_id: self.user_id?,
            hold_count: self.user_holds,
            confirmed_count: self.user_confirmed,
            held_unit_minutes: self.user_held,
            unsold_unit_minutes: self.user_unsold,
        })
    }
}

/// Totals and the top ten users, over reservations created at `from` or later and, if given, before
/// `until`.
///
/// The creation time is part of the reservation id, so this reads a range of the primary key.
pub(crate) async fn holds(
    pool: &PgPool,
    sku: &Sku,
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
) -> sqlx::Result<(HoldTotals, Vec<TopUser>)> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        with made as (
            select
                user_id,
                quantity,
                case
                    when status = 'RESERVED' and expires_at <= statement_timestamp() then 'EXPIRED'
                    else status
                end as status,
                expires_at - make_interval(secs => ttl_seconds) as began_at,
                case
                    when status in ('CONFIRMED', 'CANCELLED') then updated_at
                    else least(expires_at, statement_timestamp())
                end as ended_at
            from every_reservation
            where sku = $1
                and reservation_id >= least_id_at($2)
                and ($3::timestamptz is null or reservation_id < least_id_at($3))
                and expires_at is not null
        ),
        hold as (
            select
                user_id,
                status,
                -- The clock of the database may have been set back.
                quantity * greatest(extract(epoch from ended_at - began_at)::double precision, 0) / 60
                    as minutes
            from made
        ),
        by_user as (
            select
                user_id,
                count(*) filter (where status = 'RESERVED') as active,
                count(*) filter (where status = 'CONFIRMED') as confirmed,
                count(*) filter (where status = 'CANCELLED') as cancelled,
                count(*) filter (where status = 'EXPIRED') as expired,
                sum(minutes) as held,
                coalesce(sum(minutes) filter (where status in ('CANCELLED', 'EXPIRED')), 0) as unsold
            from hold
            group by user_id
        ),
        whole as (
            select
                coalesce(sum(active), 0)::bigint as active,
                coalesce(sum(confirmed), 0)::bigint as confirmed,
                coalesce(sum(cancelled), 0)::bigint as cancelled,
                coalesce(sum(expired), 0)::bigint as expired,
                coalesce(sum(held), 0) as held,
                coalesce(sum(unsold), 0) as unsold
            from by_user
        ),
        top as (
            select *
            from by_user
            order by held desc, user_id
            limit 10
        )
        select
            whole.active as "active!", whole.confirmed as "confirmed!",
            whole.cancelled as "cancelled!", whole.expired as "expired!", whole.held as "held!",
            whole.unsold as "unsold!",
            top.user_id as "user_id?",
            coalesce(top.active + top.confirmed + top.cancelled + top.expired, 0)
                as "user_holds!",
            coalesce(top.confirmed, 0) as "user_confirmed!",
            coalesce(top.held, 0) as "user_held!",
            coalesce(top.unsold, 0) as "user_unsold!"
        from whole
        left join top on true
        order by top.held desc, top.user_id
        "#,
        sku.as_str(),
        from,
        until,
    )
    .fetch_all(pool)
    .await?;
    let totals = rows.first().map(Row::totals).unwrap_or_default();
    Ok((totals, rows.into_iter().filter_map(Row::user).collect()))
}
