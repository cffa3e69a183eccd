//! The SKU: its name, its stock, its health.

use std::fmt;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most units that one request may name.
pub const MAX_QUANTITY: i64 = 1_000_000;

/// The name of a stock-keeping unit: 1 to 64 of `A-Z a-z 0-9 . _ : -`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String")]
#[schemars(example = &"SKU123")]
pub struct Sku(#[schemars(regex(pattern = r"^[A-Za-z0-9._:-]{1,64}$"))] String);

impl TryFrom<String> for Sku {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name)
    }
}

impl Sku {
    /// Takes `name` if it is one.
    ///
    /// # Errors
    /// What a name must look like, as a sentence for the caller.
    pub fn parse(name: &str) -> Result<Self, &'static str> {
        let allowed = |c: u8| c.is_ascii_alphanumeric() || b"._:-".contains(&c);
        if (1..=64).contains(&name.len()) && name.bytes().all(allowed) {
            Ok(Self(name.to_owned()))
        } else {
            Err("must be 1 to 64 of A-Z a-z 0-9 . _ : -")
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Units in one reservation: 1 to 1,000,000.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "i64")]
#[schemars(example = 1)]
pub struct Quantity(#[schemars(range(min = 1, max = MAX_QUANTITY))] i32);

impl TryFrom<i64> for Quantity {
    type Error = &'static str;

    fn try_from(units: i64) -> Result<Self, Self::Error> {
        Self::new(units).ok_or("must be 1 to 1000000")
    }
}

impl Quantity {
    /// Takes `units` if it is in range, else `None`.
    #[must_use]
    pub fn new(units: i64) -> Option<Self> {
        let units = i32::try_from(units).ok()?;
        (1..=MAX_QUANTITY)
            .contains(&i64::from(units))
            .then_some(Self(units))
    }

    /// The number of units.
    #[must_use]
    pub fn units(self) -> i64 {
        i64::from(self.0)
    }

    /// The number of units, as the tables hold it.
    #[must_use]
    pub fn column(self) -> i32 {
        self.0
    }
}

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
    /// Takes `units` if it is in range, else `None`.
    #[must_use]
    pub fn new(units: i64) -> Option<Self> {
        let units = i32::try_from(units).ok()?;
        let in_range = (-MAX_QUANTITY..=MAX_QUANTITY).contains(&i64::from(units));
        (in_range && units != 0).then_some(Self(units))
    }

    /// The number of units.
    #[must_use]
    pub fn units(self) -> i64 {
        i64::from(self.0)
    }

    /// The number of units, as the tables hold it.
    #[must_use]
    pub fn column(self) -> i32 {
        self.0
    }
}

/// One SKU as the books have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// Its name.
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
    /// Units that the waiting reservations ask for together.
    pub waitlist_quantity: i64,
    /// How many may wait; 0 closes the waitlist, `None` sets no limit.
    pub waitlist_limit: Option<i64>,
    /// The sequence of the latest reservation that joined the waitlist.
    pub last_sequence: i64,
    /// How long a hold of the full tier lasts, in seconds.
    pub hold_ttl_seconds: i32,
    /// How many ledger rows the SKU has.
    pub version: i64,
    /// When it was initialized.
    pub created_at: DateTime<Utc>,
    /// When its latest ledger row was written.
    pub updated_at: DateTime<Utc>,
}

impl Inventory {
    /// Whether one more reservation may join the waitlist.
    #[must_use]
    pub fn line_is_open(&self) -> bool {
        self.waitlist_limit
            .is_none_or(|limit| self.waitlist_size < limit)
    }
}

/// How long a hold of the full tier lasts where a SKU does not say, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultHoldTtl(pub i32);

/// What a SKU is set up with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInventory {
    /// Its name.
    pub sku: Sku,
    /// Units at the start, 0 to 1,000,000.
    pub quantity: i32,
    /// How long a hold of the full tier lasts, 5 to 86,400 seconds; `None` leaves it to the
    /// default.
    pub hold_ttl_seconds: Option<i32>,
    /// How many may wait; 0 closes the waitlist, `None` sets no limit.
    pub waitlist_limit: Option<i64>,
}

/// The status of a SKU in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HealthStatus {
    /// Stock is available and nobody waits.
    Healthy,
    /// Somebody waits.
    HighDemand,
    /// Nothing is available and nobody waits.
    OutOfStock,
}

impl HealthStatus {
    /// The status that the view `inventory_health` names.
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
    use super::{Quantity, Sku, StockChange};

    #[test]
    fn a_sku_is_short_and_plain() {
        assert!(Sku::parse("A-z.0_9:x").is_ok());
        assert!(Sku::parse(&"x".repeat(64)).is_ok());
        for wrong in ["", "a b", "é", "a/b", &"x".repeat(65)] {
            assert!(Sku::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn quantities_stay_in_range() {
        assert_eq!(
            Quantity::new(1_000_000).map(Quantity::units),
            Some(1_000_000)
        );
        for wrong in [0, -1, 1_000_001, i64::MAX] {
            assert_eq!(Quantity::new(wrong), None);
        }
        assert!(StockChange::new(-1_000_000).is_some());
        for wrong in [0, -1_000_001, 1_000_001, i64::MIN] {
            assert_eq!(StockChange::new(wrong), None);
        }
    }
}
