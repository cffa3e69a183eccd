//! The figures of a SKU, from the latest of its ledger.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::super::Health;
use super::figures::{Ends, Figures, HOUR, LATELY, Lately};

/// How many changes of a SKU are looked at, the latest first: what a hot one did in the last
/// second tells its pace, and nobody waits for the reading of its whole hour.
const CHANGES: i64 = 2000;

/// A SKU that has just begun to sell is looked at as if it had done so for a minute, so that a
/// single sale is no rush.
const LEAST_SPAN: i64 = 60;

struct Row {
    now: DateTime<Utc>,
    created_at: DateTime<Utc>,
    hold_ttl_seconds: i32,
    waitlist_limit: Option<i64>,
    changes: i64,
    since: Option<DateTime<Utc>>,
    reserved: i64,
    returned: i64,
    sold: i64,
    line_growth: i64,
    confirmed_ends: i64,
    expired_ends: i64,
    cancelled_ends: i64,
}

impl Row {
    /// How far back the pace was seen, at most as far as "lately" goes.
    fn span(&self) -> i64 {
        let seconds = self.seen().unwrap_or_else(|| {
            let age = self.now - self.created_at;
            age.num_seconds().max(LEAST_SPAN)
        });
        seconds.min(LATELY.into())
    }

    /// How far back the ledger was seen, in seconds, where that is not the whole hour.
    fn seen(&self) -> Option<i64> {
        let since = self.since.filter(|_| self.changes == CHANGES)?;
        Some((self.now - since).num_seconds().max(1))
    }

    fn figures(self, health: Health) -> Figures {
        Figures {
            health,
            hold_ttl_seconds: self.hold_ttl_seconds,
            waitlist_limit: self.waitlist_limit,
            lately: Lately {
                seconds: self.span(),
                reserved: self.reserved,
                returned: self.returned,
                sold: self.sold,
                line_growth: self.line_growth,
            },
            ends: Ends {
                seconds: self.seen().unwrap_or(HOUR),
                confirmed: self.confirmed_ends,
                expired: self.expired_ends,
                cancelled: self.cancelled_ends,
            },
            now: self.now,
        }
    }
}

/// What else is known of a SKU, as of the version of its `health`. One statement without a lock,
/// which reads 2,000 rows of the ledger at most.
pub(super) async fn figures(pool: &PgPool, health: Health) -> sqlx::Result<Figures> {
    let row = sqlx::query_as!(
        Row,
        r#"
        with clock as materialized (select clock_timestamp() as now),
        -- No index has the times, so the latest are taken by their numbers, which have no gaps: a
        -- range bounds the work whatever the planner believes, where a limit would not.
        latest as (
            select kind, quantity, available_delta, recorded_at
            from ledger
            where sku = $1
                and entry > $2::bigint - $3::bigint
                and entry <= $2
        ),
        seen as (
            select
                kind,
                quantity,
                available_delta,
                recorded_at,
                recorded_at > clock.now - make_interval(secs => $4) as lately
            from latest
            cross join clock
            where recorded_at > clock.now - interval '1 hour'
        )
        select
            clock.now as "now!",
            s.created_at,
            s.hold_ttl_seconds,
            s.waitlist_limit,
            told.changes as "changes!",
            told.since,
            told.reserved as "reserved!",
            told.returned as "returned!",
            told.sold as "sold!",
            told.line_growth as "line_growth!",
            told.confirmed_ends as "confirmed_ends!",
            told.expired_ends as "expired_ends!",
            told.cancelled_ends as "cancelled_ends!"
        from skus as s
        cross join clock
        cross join (
            select
                count(*) as changes,
                min(recorded_at) as since,
                coalesce(sum(quantity) filter (
                    where lately and kind in ('RESERVED', 'PROMOTED')
                ), 0) as reserved,
                coalesce(sum(available_delta) filter (
                    where lately and kind in ('EXPIRED', 'CANCELLED')
                ), 0) as returned,
                coalesce(sum(quantity) filter (where lately and kind = 'CONFIRMED'), 0) as sold,
                count(*) filter (where lately and kind = 'WAITLISTED') - count(*) filter (
                    where lately
                        and (kind = 'PROMOTED' or (kind = 'CANCELLED' and available_delta = 0))
                ) as line_growth,
                count(*) filter (where kind = 'CONFIRMED') as confirmed_ends,
                count(*) filter (where kind = 'EXPIRED') as expired_ends,
                count(*) filter (
                    where kind = 'CANCELLED' and available_delta > 0
                ) as cancelled_ends
            from seen
        ) as told
        where s.sku = $1
        "#,
        health.sku.as_str(),
        health.version,
        CHANGES,
        f64::from(LATELY),
    )
    .fetch_one(pool)
    .await?;
    Ok(row.figures(health))
}
