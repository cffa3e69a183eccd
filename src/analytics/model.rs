//! Inventory health.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::inventory::{HealthStatus, Inventory, Sku};

/// How a SKU stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// The SKU.
    pub sku: Sku,
    /// Units that nobody holds or has bought.
    pub available_inventory: i64,
    /// How many reservations wait.
    pub waitlist_size: i64,
    /// The status in one word.
    pub status: HealthStatus,
    /// All units.
    pub total_inventory: i64,
    /// Units in holds.
    pub reserved_inventory: i64,
    /// Units sold.
    pub sold_inventory: i64,
    /// Units that the waiting reservations ask for together.
    pub waitlist_quantity: i64,
    /// Rises with each change.
    pub version: i64,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
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
