//! Inventory health, and what it means in words.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::inventory::{HealthStatus, Inventory, Sku};

/// How a SKU stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "InventoryHealth", example = example())]
pub struct Health {
    /// The SKU.
    pub sku: Sku,
    /// Units that nobody holds or has bought.
    #[schemars(range(min = 0))]
    pub available_inventory: i64,
    /// How many reservations wait.
    #[schemars(range(min = 0))]
    pub waitlist_size: i64,
    /// The status in one word.
    pub status: HealthStatus,
    /// All units.
    #[schemars(range(min = 0))]
    pub total_inventory: i64,
    /// Units in holds.
    #[schemars(range(min = 0))]
    pub reserved_inventory: i64,
    /// Units sold.
    #[schemars(range(min = 0))]
    pub sold_inventory: i64,
    /// Units that the waiting reservations ask for together.
    #[schemars(range(min = 0))]
    pub waitlist_quantity: i64,
    /// Rises with each change.
    #[schemars(range(min = 1))]
    pub version: i64,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

fn example() -> Value {
    json!({
        "sku": "SKU123",
        "available_inventory": 0,
        "waitlist_size": 3,
        "status": "HIGH_DEMAND",
        "total_inventory": 100,
        "reserved_inventory": 30,
        "sold_inventory": 70,
        "waitlist_quantity": 4,
        "version": 142,
        "updated_at": "2026-01-05T09:00:00.123456Z",
    })
}

impl From<Inventory> for Health {
    /// As the view `inventory_health` has it.
    fn from(inventory: Inventory) -> Self {
        let status = if inventory.waitlist_size > 0 {
            HealthStatus::HighDemand
        } else if inventory.available_quantity > 0 {
            HealthStatus::Healthy
        } else {
            HealthStatus::OutOfStock
        };
        Self {
            sku: inventory.sku,
            available_inventory: inventory.available_quantity,
            waitlist_size: inventory.waitlist_size,
            status,
            total_inventory: inventory.total_quantity,
            reserved_inventory: inventory.reserved_quantity,
            sold_inventory: inventory.sold_quantity,
            waitlist_quantity: inventory.waitlist_quantity,
            version: inventory.version,
            updated_at: inventory.updated_at,
        }
    }
}

/// What the rules say of a SKU, in sentences for a merchant.
#[must_use]
pub(super) fn summarize(health: &Health) -> String {
    let Health {
        available_inventory: available,
        waitlist_size: waiting,
        total_inventory: total,
        reserved_inventory: held,
        sold_inventory: sold,
        waitlist_quantity: wanted,
        ..
    } = health;
    let stock = format!("{sold} of {total} units are sold, {held} held, {available} available.");
    let advice = match health.status {
        HealthStatus::HighDemand => format!(
            "{waiting} {} for {wanted} {}: freed stock goes to them first, in their order. \
             Restocking would sell at once.",
            plural(*waiting, "reservation waits", "reservations wait"),
            plural(*wanted, "unit", "units"),
        ),
        HealthStatus::Healthy if available * 10 <= *total => {
            "Less than a tenth is left and nobody waits yet. Consider restocking.".to_owned()
        }
        HealthStatus::Healthy => "Nobody waits. There is nothing to do.".to_owned(),
        HealthStatus::OutOfStock if *held > 0 => {
            "Nothing is left to reserve, though holds that run out will bring stock back."
                .to_owned()
        }
        HealthStatus::OutOfStock if *total == 0 => {
            "There was never any stock. Restock to begin selling.".to_owned()
        }
        HealthStatus::OutOfStock => "Sold out. Restock to go on selling.".to_owned(),
    };
    format!("{stock} {advice}")
}

fn plural(count: i64, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{Health, summarize};
    use crate::inventory::{HealthStatus, Sku};

    fn health(status: HealthStatus, available: i64, waiting: i64) -> Health {
        Health {
            sku: Sku::parse("X").unwrap(),
            available_inventory: available,
            waitlist_size: waiting,
            status,
            total_inventory: 100,
            reserved_inventory: 0,
            sold_inventory: 100 - available,
            waitlist_quantity: waiting,
            version: 1,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_summary_tells_figures_and_what_to_do() {
        let waited_for = summarize(&health(HealthStatus::HighDemand, 0, 1));
        assert!(
            waited_for.contains("1 reservation waits for 1 unit:"),
            "{waited_for}"
        );
        assert!(
            waited_for.contains("100 of 100 units are sold"),
            "{waited_for}"
        );
        let low = summarize(&health(HealthStatus::Healthy, 10, 0));
        assert!(low.contains("Consider restocking"), "{low}");
        let sold_out = summarize(&health(HealthStatus::OutOfStock, 0, 0));
        assert!(sold_out.contains("Sold out"), "{sold_out}");
    }
}
