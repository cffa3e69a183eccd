//! SKUs and their stock.

pub mod routes;
mod row;
pub mod store;
mod view;

pub use fairhold_core::ids::{MAX_QUANTITY, Quantity, Sku};
pub use fairhold_core::inventory::{
    DefaultHoldTtl, HealthStatus, Inventory, NewInventory, StockChange,
};
pub use view::InventoryView;
