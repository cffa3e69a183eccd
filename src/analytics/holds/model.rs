//! Hold outcomes, and stock held without a sale.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::inventory::Sku;

/// Outcomes of the holds of reservations created in a range of time.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(example = example())]
pub(crate) struct Holds {
    /// The SKU.
    pub(crate) sku: Sku,
    /// Start of the range.
    pub(crate) from: DateTime<Utc>,
    /// End of the range.
    pub(crate) to: DateTime<Utc>,
    /// Totals over all users.
    #[serde(flatten)]
    pub(crate) totals: HoldTotals,
    /// The ten users with the most unit-minutes held.
    pub(crate) top_users: Vec<TopUser>,
}

/// Totals. A unit-minute is one unit held for one minute.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, JsonSchema)]
pub(crate) struct HoldTotals {
    /// Holds still active.
    #[schemars(range(min = 0))]
    pub(crate) active_count: i64,
    /// Holds that have ended.
    #[schemars(range(min = 0))]
    pub(crate) ended_count: i64,
    /// Ended holds that became sales.
    #[schemars(range(min = 0))]
    pub(crate) confirmed_count: i64,
    /// Ended holds that were cancelled.
    #[schemars(range(min = 0))]
    pub(crate) cancelled_count: i64,
    /// Ended holds that expired.
    #[schemars(range(min = 0))]
    pub(crate) expired_count: i64,
    /// Share of ended holds that became sales. Null if none has ended.
    #[schemars(range(min = 0, max = 1))]
    pub(crate) confirmed_share: Option<f64>,
    /// Unit-minutes held so far.
    #[schemars(range(min = 0))]
    pub(crate) held_unit_minutes: f64,
    /// Unit-minutes of holds that ended without a sale.
    #[schemars(range(min = 0))]
    pub(crate) unsold_unit_minutes: f64,
}

/// The holds of one user.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct TopUser {
    /// The user.
    pub(crate) user_id: String,
    /// Holds of this user.
    #[schemars(range(min = 0))]
    pub(crate) hold_count: i64,
    /// Holds of this user that became sales.
    #[schemars(range(min = 0))]
    pub(crate) confirmed_count: i64,
    /// Unit-minutes held so far by this user.
    #[schemars(range(min = 0))]
    pub(crate) held_unit_minutes: f64,
    /// Unit-minutes of this user's holds that ended without a sale.
    #[schemars(range(min = 0))]
    pub(crate) unsold_unit_minutes: f64,
}

fn example() -> Value {
    json!({
        "sku": "SKU123",
        "from": "2026-01-05T08:00:00Z",
        "to": "2026-01-05T09:00:00Z",
        "active_count": 3,
        "ended_count": 4,
        "confirmed_count": 3,
        "cancelled_count": 0,
        "expired_count": 1,
        "confirmed_share": 0.75,
        "held_unit_minutes": 21.5,
        "unsold_unit_minutes": 5.0,
        "top_users": [{
            "user_id": "userA",
            "hold_count": 2,
            "confirmed_count": 1,
            "held_unit_minutes": 7.5,
            "unsold_unit_minutes": 5.0,
        }],
    })
}

/// `None` if `ended` is 0.
pub(crate) fn share(confirmed: i64, ended: i64) -> Option<f64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "the share is for display only, and counts are far below 2^53"
    )]
    let share = confirmed as f64 / ended as f64;
    (ended > 0).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn the_share_of_zero_holds_is_none() {
        assert_eq!(share(0, 0), None);
        assert_eq!(share(0, 4), Some(0.0));
        assert_eq!(share(3, 4), Some(0.75));
    }
}
