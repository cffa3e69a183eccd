//! Figures of denial of inventory.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::inventory::Sku;

/// How the holds of the reservations that were made in a stretch of time ended.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(example = example())]
pub(crate) struct Holds {
    /// The SKU.
    pub(crate) sku: Sku,
    /// From when on the reservations were made.
    pub(crate) from: DateTime<Utc>,
    /// Until when.
    pub(crate) to: DateTime<Utc>,
    /// The figures.
    #[serde(flatten)]
    pub(crate) figures: Figures,
    /// Who held most, in unit-minutes.
    pub(crate) top_users: Vec<TopUser>,
}

/// A unit-minute is one unit held for a minute.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, JsonSchema)]
pub(crate) struct Figures {
    /// Holds that go on.
    #[schemars(range(min = 0))]
    pub(crate) active_count: i64,
    /// Holds that ended.
    #[schemars(range(min = 0))]
    pub(crate) ended_count: i64,
    /// Of these: sold.
    #[schemars(range(min = 0))]
    pub(crate) confirmed_count: i64,
    /// Of these: given up.
    #[schemars(range(min = 0))]
    pub(crate) cancelled_count: i64,
    /// Of these: run out.
    #[schemars(range(min = 0))]
    pub(crate) expired_count: i64,
    /// The share of the ended holds that was sold; null when none has ended.
    #[schemars(range(min = 0, max = 1))]
    pub(crate) confirmed_share: Option<f64>,
    /// Unit-minutes of all holds until now.
    #[schemars(range(min = 0))]
    pub(crate) held_unit_minutes: f64,
    /// Unit-minutes of the holds that ended without a sale.
    #[schemars(range(min = 0))]
    pub(crate) unsold_unit_minutes: f64,
}

/// The holds of one user.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct TopUser {
    /// Who.
    pub(crate) user_id: String,
    /// Their holds.
    #[schemars(range(min = 0))]
    pub(crate) hold_count: i64,
    /// How many of them were sold.
    #[schemars(range(min = 0))]
    pub(crate) confirmed_count: i64,
    /// Unit-minutes of their holds until now.
    #[schemars(range(min = 0))]
    pub(crate) held_unit_minutes: f64,
    /// Unit-minutes of those that ended without a sale.
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

/// The share of `confirmed` in `ended`.
pub(crate) fn share(confirmed: i64, ended: i64) -> Option<f64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share is to be read, and counts are far below 2^53"
    )]
    let share = confirmed as f64 / ended as f64;
    (ended > 0).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn there_is_no_share_of_nothing() {
        assert_eq!(share(0, 0), None);
        assert_eq!(share(0, 4), Some(0.0));
        assert_eq!(share(3, 4), Some(0.75));
    }
}
