//! The figures that a summary is made of: of units and reservations, never of users.

use chrono::{DateTime, Utc};

use super::super::Health;

/// How far back "lately" goes at most, in seconds.
pub(super) const LATELY: i32 = 10 * 60;

/// How far back the ends of holds are counted at most, in seconds.
pub(super) const HOUR: i64 = 60 * 60;

/// What is known of a SKU, of one version of its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) health: Health,
    /// How long a hold of the full tier lasts.
    pub(super) hold_ttl_seconds: i32,
    /// How many may wait; `None`: no limit.
    pub(super) waitlist_limit: Option<i64>,
    pub(super) lately: Lately,
    pub(super) ends: Ends,
    /// The database's clock when they were read.
    pub(super) now: DateTime<Utc>,
}

/// What happened within the last minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lately {
    /// How long it was looked back; never 0.
    pub(super) seconds: i64,
    /// Units put into holds.
    pub(super) reserved: i64,
    /// Units of holds that ended without a sale.
    pub(super) returned: i64,
    /// Units sold.
    pub(super) sold: i64,
    /// By how many reservations the line grew; negative when it shrank.
    pub(super) line_growth: i64,
}

/// How the holds ended that ended of late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends {
    /// How long it was looked back: [`HOUR`], or less where there were too many changes since.
    pub(super) seconds: i64,
    pub(super) confirmed: i64,
    pub(super) expired: i64,
    pub(super) cancelled: i64,
}

impl Figures {
    /// How many seconds the available stock lasts at the pace of late; `None` when it does not run
    /// out at that pace, or has run out.
    pub(super) fn stock_lasts(&self) -> Option<i64> {
        let available = i128::from(self.health.available_inventory);
        let taken = i128::from(self.lately.reserved) - i128::from(self.lately.returned);
        if available <= 0 || taken <= 0 {
            return None;
        }
        let lasts = available * i128::from(self.lately.seconds) / taken;
        Some(i64::try_from(lasts).unwrap_or(i64::MAX))
    }

    /// How many units would have to come for all who wait to be served.
    pub(super) fn short_by(&self) -> i64 {
        (self.health.waitlist_quantity - self.health.available_inventory).max(0)
    }

    /// Whether someone who comes now and finds no stock may not wait either.
    pub(super) fn line_is_full(&self) -> bool {
        let waiting = self.health.waitlist_size;
        self.waitlist_limit.is_some_and(|limit| waiting >= limit)
    }
}

impl Ends {
    pub(super) fn all(self) -> i64 {
        self.confirmed + self.without_sale()
    }

    pub(super) fn without_sale(self) -> i64 {
        self.expired + self.cancelled
    }
}
