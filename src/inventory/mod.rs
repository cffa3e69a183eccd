//! SKUs and their stock.

mod model;
pub mod routes;
pub mod store;
mod view;

pub use model::{
    DefaultHoldTtl, HealthStatus, Inventory, MAX_QUANTITY, NewInventory, Quantity, Sku, StockChange,
};
pub use view::InventoryView;
