//! The stock of a SKU.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{MAX_QUANTITY, Sku};

/// Units that a restock adds or, when negative, takes away: −1,000,000 to 1,000,000, never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64")]
pub struct StockChange(i32);

impl TryFrom<i64> for StockChange {
    type Error = &'static str;

    fn try_from(units: i64) -> Result<Self, Self::Error> {
        Self::new(units).ok_or("must be -1000000 to 1000000, not 0")
    }
}

impl StockChange {
    /// `None` if `units` is out of range.
    #[must_use]
    pub fn new(units: i64) -> Option<Self> {
        let units = i32::try_from(units).ok()?;
        let in_range = (-MAX_QUANTITY..=MAX_QUANTITY).contains(&i64::from(units));
        (in_range && units != 0).then_some(Self(units))
    }

    #[must_use]
    pub fn units(self) -> i64 {
        i64::from(self.0)
    }

    /// The number of units in the type of the database column.
    #[must_use]
    pub fn column(self) -> i32 {
        self.0
    }
}

/// One row of the table `skus`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    pub sku: Sku,
    /// All units: available + reserved + sold.
    pub total_quantity: i64,
    /// Units that nobody holds or has bought.
    pub available_quantity: i64,
    /// Units in holds.
    pub reserved_quantity: i64,
    /// Units in confirmed reservations.
    pub sold_quantity: i64,
    /// How many reservations wait.
    pub waitlist_size: i64,
    /// Units that the waiting reservations want together.
    pub waitlist_quantity: i64,
    /// The most reservations that may wait; 0 closes the waitlist, `None` sets no limit.
    pub waitlist_limit: Option<i64>,
    /// The sequence of the latest reservation that joined the waitlist.
    pub last_sequence: i64,
    /// How long a hold of the full tier lasts, in seconds.
    pub hold_ttl_seconds: i32,
    /// Whether the last transaction stopped at its bound although more of the waitlist could be
    /// served: the next ones go on. Not part of an answer that a key repeats.
    #[serde(skip)]
    pub serving: bool,
    /// The number of its ledger entries.
    pub version: i64,
    pub created_at: DateTime<Utc>,
    /// When its latest ledger entry was written.
    pub updated_at: DateTime<Utc>,
}

impl Inventory {
    /// The units that could still come to a waiting reservation: all that are not sold. One that
    /// wants more is not servable.
    #[must_use]
    pub fn unsold_quantity(&self) -> i64 {
        self.total_quantity - self.sold_quantity
    }

    /// Whether one more reservation may join the waitlist.
    #[must_use]
    pub fn waitlist_is_open(&self) -> bool {
        self.waitlist_limit
            .is_none_or(|limit| self.waitlist_size < limit)
    }
}

/// How long a hold of the full tier lasts on a SKU that does not set it, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultHoldTtl(pub i32);

/// The settings of a new SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInventory {
    pub sku: Sku,
    /// Units at the start, 0 to 1,000,000.
    pub quantity: i32,
    /// How long a hold of the full tier lasts, 5 to 86,400 seconds; `None` means the default.
    pub hold_ttl_seconds: Option<i32>,
    /// The most reservations that may wait; 0 closes the waitlist, `None` sets no limit.
    pub waitlist_limit: Option<i64>,
}

/// The status of a SKU in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HealthStatus {
    /// Stock is available and nobody waits.
    Healthy,
    /// At least one reservation waits.
    HighDemand,
    /// Nothing is available and nobody waits.
    OutOfStock,
}

impl HealthStatus {
    /// The status of that name in the view `inventory_health`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "HEALTHY" => Some(Self::Healthy),
            "HIGH_DEMAND" => Some(Self::HighDemand),
            "OUT_OF_STOCK" => Some(Self::OutOfStock),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::StockChange;

    #[test]
    fn a_stock_change_is_a_million_units_either_way_and_not_0() {
        assert!(StockChange::new(-1_000_000).is_some());
        for wrong in [0, -1_000_001, 1_000_001, i64::MIN] {
            assert_eq!(StockChange::new(wrong), None);
        }
    }
}
