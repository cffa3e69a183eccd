//! A SKU as the API shows it.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::inventory::{Inventory, Sku};

/// The stock of a SKU. At any time, available + reserved + sold = total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Inventory", example = example())]
pub struct InventoryView {
    /// The SKU.
    pub sku: Sku,
    /// All units.
    #[schemars(range(min = 0))]
    pub total_quantity: i64,
    /// Units neither held nor sold.
    #[schemars(range(min = 0))]
    pub available_quantity: i64,
    /// Units held.
    #[schemars(range(min = 0))]
    pub reserved_quantity: i64,
    /// Units sold.
    #[schemars(range(min = 0))]
    pub sold_quantity: i64,
    /// The number of waiting reservations.
    #[schemars(range(min = 0))]
    pub waitlist_size: i64,
    /// How long a hold of the full tier lasts, in seconds.
    #[schemars(range(min = 5, max = 86_400))]
    pub hold_ttl_seconds: i32,
    /// The longest waitlist; 0 if it is closed, null if it has no limit.
    #[schemars(range(min = 0))]
    pub waitlist_limit: Option<i64>,
    /// The number of changes so far.
    #[schemars(range(min = 1))]
    pub version: i64,
    /// When the SKU was created.
    pub created_at: DateTime<Utc>,
    /// When the SKU last changed.
    pub updated_at: DateTime<Utc>,
}

/// An example with one member more.
pub(super) fn example_with(member: &str, value: Value) -> Value {
    let mut example = example();
    example[member] = value;
    example
}

fn example() -> Value {
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
