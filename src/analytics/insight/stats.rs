//! The numbers that a summary is based on: units and reservations, never users.

use chrono::{DateTime, Utc};

use crate::analytics::Health;

/// How far back recent activity goes at most, in seconds.
pub(super) const RECENT: i32 = 10 * 60;

/// How far back ended holds are counted at most, in seconds.
pub(super) const HOUR: i64 = 60 * 60;

/// Everything that a summary uses, all for one version of the SKU's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SkuStats {
    pub(super) health: Health,
    /// How long a hold in the full tier lasts.
    pub(super) hold_ttl_seconds: i32,
    /// `None`: unlimited.
    pub(super) waitlist_limit: Option<i64>,
    pub(super) recent: RecentActivity,
    pub(super) outcomes: HoldOutcomes,
    /// The database's clock at the time of the read.
    pub(super) now: DateTime<Utc>,
}

/// What happened in the last few minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RecentActivity {
    /// The length of the period; never 0.
    pub(super) seconds: i64,
    /// Units put into holds.
    pub(super) reserved: i64,
    /// Units of holds that ended without a sale.
    pub(super) returned: i64,
    /// Units sold.
    pub(super) sold: i64,
    /// Change of the waitlist's size, in reservations; negative if it shrank.
    pub(super) waitlist_growth: i64,
}

/// How recently ended holds ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HoldOutcomes {
    /// The length of the period: [`HOUR`], or less if the SKU changed too often to read it all.
    pub(super) seconds: i64,
    pub(super) confirmed: i64,
    pub(super) expired: i64,
    pub(super) cancelled: i64,
}

impl SkuStats {
    /// How many seconds the available stock lasts at the recent rate. `None` if nothing is available
    /// or the rate does not use stock up.
    pub(super) fn stock_lasts(&self) -> Option<i64> {
        let available = i128::from(self.health.available_inventory);
        let taken = i128::from(self.recent.reserved) - i128::from(self.recent.returned);
        if available <= 0 || taken <= 0 {
            return None;
        }
        let lasts = available * i128::from(self.recent.seconds) / taken;
        Some(i64::try_from(lasts).unwrap_or(i64::MAX))
    }

    /// The units needed, beyond those available, to serve the whole waitlist.
    pub(super) fn units_short(&self) -> i64 {
        (self.health.waitlist_quantity - self.health.available_inventory).max(0)
    }

    /// Whether the waitlist accepts no more reservations.
    pub(super) fn is_waitlist_full(&self) -> bool {
        let waiting = self.health.waitlist_size;
        self.waitlist_limit.is_some_and(|limit| waiting >= limit)
    }
}

impl HoldOutcomes {
    pub(super) fn total(self) -> i64 {
        self.confirmed + self.without_sale()
    }

    pub(super) fn without_sale(self) -> i64 {
        self.expired + self.cancelled
    }
}
