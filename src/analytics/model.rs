//! Inventory health, and the sample for the gauges.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::inventory::{HealthStatus, Inventory, Sku};

/// Stock and waitlist of a SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "InventoryHealth", example = example())]
pub struct Health {
    /// The SKU.
    pub sku: Sku,
    /// Units neither held nor sold.
    #[schemars(range(min = 0))]
    pub available_inventory: i64,
    /// Reservations on the waitlist.
    #[schemars(range(min = 0))]
    pub waitlist_size: i64,
    /// Status derived from stock and waitlist.
    pub status: HealthStatus,
    /// Available, held and sold units together.
    #[schemars(range(min = 0))]
    pub total_inventory: i64,
    /// Units in holds.
    #[schemars(range(min = 0))]
    pub reserved_inventory: i64,
    /// Units sold.
    #[schemars(range(min = 0))]
    pub sold_inventory: i64,
    /// Units requested by all reservations on the waitlist.
    #[schemars(range(min = 0))]
    pub waitlist_quantity: i64,
    /// Increases with every change.
    #[schemars(range(min = 1))]
    pub version: i64,
    /// Time of the last change.
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
    /// Matches the view `inventory_health`.
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

/// One sample over all SKUs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    /// Reservations on waitlists.
    pub(super) waiting: i64,
    /// Seconds since the longest overdue hold was due; 0 if none is overdue.
    pub(super) sweep_lag: f64,
}
