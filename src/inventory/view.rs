//! A SKU as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Inventory, Sku};

/// The inventory object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InventoryView {
    /// Its name.
    pub sku: Sku,
    /// All units.
    pub total_quantity: i64,
    /// Units that nobody holds or has bought.
    pub available_quantity: i64,
    /// Units in holds.
    pub reserved_quantity: i64,
    /// Units sold.
    pub sold_quantity: i64,
    /// How many reservations wait.
    pub waitlist_size: i64,
    /// How long a hold of the full tier lasts.
    pub hold_ttl_seconds: i32,
    /// How many may wait; null for no limit.
    pub waitlist_limit: Option<i64>,
    /// Rises with each change.
    pub version: i64,
    /// When it was initialized.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
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
