//! SKUs and their stock.

mod row;
pub mod store;

pub use fairhold_core::ids::{MAX_QUANTITY, Quantity, Sku};
pub use fairhold_core::inventory::{
    DefaultHoldTtl, HealthStatus, Inventory, NewInventory, StockChange,
};
