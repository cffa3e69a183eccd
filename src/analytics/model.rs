//! Inventory health.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::inventory::{HealthStatus, Sku};

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
