//! Stock of a SKU over time.

mod model;
mod routes;
mod store;

pub(super) use routes::routes;
