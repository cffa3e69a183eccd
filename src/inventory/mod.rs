//! SKUs and their stock.

mod model;
pub mod store;

pub use model::{
    DefaultHoldTtl, HealthStatus, Inventory, MAX_QUANTITY, NewInventory, Quantity, Sku, StockChange,
};
