//! How holds of a SKU ended, and which users held the most stock.

mod model;
mod store;

pub(crate) use model::Holds;
pub(crate) use store::holds;
