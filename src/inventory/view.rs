//! A SKU as the API shows it.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Inventory, Sku};

/// The inventory object: available + reserved + sold = total, at any time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Inventory", example = example())]
pub struct InventoryView {
    /// Its name.
    pub sku: Sku,
    /// All units.
    #[schemars(range(min = 0))]
    pub total_quantity: i64,
    /// Units that nobody holds or has bought.
    #[schemars(range(min = 0))]
    pub available_quantity: i64,
    /// Units in holds.
    #[schemars(range(min = 0))]
    pub reserved_quantity: i64,
    /// Units sold.
    #[schemars(range(min = 0))]
    pub sold_quantity: i64,
    /// How many reservations wait.
    #[schemars(range(min = 0))]
    pub waitlist_size: i64,
    /// How long a hold of the full tier lasts, in seconds.
    #[schemars(range(min = 5, max = 86_400))]
    pub hold_ttl_seconds: i32,
    /// How many may wait; 0 where the waitlist is closed, null where it has no limit.
    #[schemars(range(min = 0))]
    pub waitlist_limit: Option<i64>,
    /// The number of changes so far: rises by one with each.
    #[schemars(range(min = 1))]
    pub version: i64,
    /// When it was initialized.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an example of it shows.
pub(super) fn example() -> Value {
    json!({
        "sku": "SKU123",
        "total_quantity": 100,
        "available_quantity": 60,
        "reserved_quantity": 30,
        "sold_quantity": 10,
        "waitlist_size": 0,
        "hold_ttl_seconds": 300,
        "waitlist_limit": null,
        "version": 42,
        "created_at": "2026-01-05T08:00:00.123456Z",
        "updated_at": "2026-01-05T09:00:00.123456Z",
    })
}

impl From<Inventory> for InventoryView {
    fn from(inventory: Inventory) -> Self {
        Self {
            sku: inventory.sku,
            total_quantity: inventory.total_quantity,
            available_quantity: inventory.available_quantity,
            reserved_quantity: inventory.reserved_quantity,
            sold_quantity: inventory.sold_quantity,
            waitlist_size: inventory.waitlist_size,
            hold_ttl_seconds: inventory.hold_ttl_seconds,
            waitlist_limit: inventory.waitlist_limit,
            version: inventory.version,
            created_at: inventory.created_at,
            updated_at: inventory.updated_at,
        }
    }
}
