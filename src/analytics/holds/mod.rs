//! How holds of a SKU ended, and which users held the most stock.

mod model;
mod routes;
mod store;

pub(super) use routes::routes;
