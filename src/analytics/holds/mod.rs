//! How the holds of a SKU ended, and who kept stock from the others.

mod model;
mod routes;
mod store;

pub(super) use routes::routes;
