//! Reads what a summary is based on from the SKU and its latest ledger entries.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::stats::{HOUR, HoldOutcomes, RECENT, RecentActivity, SkuStats};
use crate::analytics::Health;

/// How many ledger entries are read, the latest first. They cover seconds of a busy SKU, which is
/// enough to know its rate, and reading its whole hour would be slow.
const ENTRY_LIMIT: i64 = 2000;

/// A newer SKU is treated as if it were this old, in seconds, so that its first sale does not look
/// like a rush.
const MIN_AGE: i64 = 60;

struct StatsRow {
    now: DateTime<Utc>,
    created_at: DateTime<Utc>,
    hold_ttl_seconds: i32,
    waitlist_limit: Option<i64>,
    entries: i64,
    since: Option<DateTime<Utc>>,
    reserved: i64,
    returned: i64,
    sold: i64,
    waitlist_growth: i64,
    confirmed_ends: i64,
    expired_ends: i64,
    cancelled_ends: i64,
}

impl StatsRow {
    /// The length of the recent period, in seconds.
    fn recent_seconds(&self) -> i64 {
        let seconds = self.truncated_to().unwrap_or_else(|| {
            let age = self.now - self.created_at;
            age.num_seconds().max(MIN_AGE)
        });
        seconds.min(RECENT.into())
    }

    /// How many seconds the entries cover if the limit left some of the hour out.
    fn truncated_to(&self) -> Option<i64> {
        let since = self.since.filter(|_| self.entries == ENTRY_LIMIT)?;
        Some((self.now - since).num_seconds().max(1))
    }

    fn into_stats(self, health: Health) -> SkuStats {
        SkuStats {
            health,
            hold_ttl_seconds: self.hold_ttl_seconds,
            waitlist_limit: self.waitlist_limit,
            recent: RecentActivity {
                seconds: self.recent_seconds(),
                reserved: self.reserved,
                returned: self.returned,
                sold: self.sold,
                waitlist_growth: self.waitlist_growth,
            },
            outcomes: HoldOutcomes {
                seconds: self.truncated_to().unwrap_or(HOUR),
                confirmed: self.confirmed_ends,
                expired: self.expired_ends,
                cancelled: self.cancelled_ends,
            },
            now: self.now,
        }
    }
}

/// The rest of the stats, as of the version of `health`. One statement without a lock, which reads
/// at most [`ENTRY_LIMIT`] ledger entries.
pub(super) async fn stats(pool: &PgPool, health: Health) -> sqlx::Result<SkuStats> {
    let row = sqlx::query_as!(
        StatsRow,
        r#"
        with clock as materialized (select clock_timestamp() as now),
        -- The ledger has no index by time, but entry numbers have no gaps. A range of them bounds
        -- the work whatever plan is chosen; a limit would not.
        latest as (
            select kind, quantity, available_delta, recorded_at
            from ledger
            where sku = $1
                and entry > $2::bigint - $3::bigint
                and entry <= $2
        ),
        last_hour as (
            select
                kind,
                quantity,
                available_delta,
                recorded_at,
                recorded_at > clock.now - make_interval(secs => $4) as is_recent
            from latest
            cross join clock
            where recorded_at > clock.now - interval '1 hour'
        )
        select
            clock.now as "now!",
            s.created_at,
            s.hold_ttl_seconds,
            s.waitlist_limit,
            total.entries as "entries!",
            total.since,
            total.reserved as "reserved!",
            total.returned as "returned!",
            total.sold as "sold!",
            total.waitlist_growth as "waitlist_growth!",
            total.confirmed_ends as "confirmed_ends!",
            total.expired_ends as "expired_ends!",
            total.cancelled_ends as "cancelled_ends!"
        from skus as s
        cross join clock
        cross join (
            select
                count(*) as entries,
                min(recorded_at) as since,
                coalesce(sum(quantity) filter (
                    where is_recent and kind in ('RESERVED', 'PROMOTED')
                ), 0) as reserved,
                coalesce(sum(available_delta) filter (
                    where is_recent and kind in ('EXPIRED', 'CANCELLED')
                ), 0) as returned,
                coalesce(sum(quantity) filter (where is_recent and kind = 'CONFIRMED'), 0) as sold,
                count(*) filter (where is_recent and kind = 'WAITLISTED') - count(*) filter (
                    where is_recent
                        and (kind = 'PROMOTED' or (kind = 'CANCELLED' and available_delta = 0))
                ) as waitlist_growth,
                count(*) filter (where kind = 'CONFIRMED') as confirmed_ends,
                count(*) filter (where kind = 'EXPIRED') as expired_ends,
                count(*) filter (
                    where kind = 'CANCELLED' and available_delta > 0
                ) as cancelled_ends
            from last_hour
        ) as total
        where s.sku = $1
        "#,
        health.sku.as_str(),
        health.version,
        ENTRY_LIMIT,
        f64::from(RECENT),
    )
    .fetch_one(pool)
    .await?;
    Ok(row.into_stats(health))
}
