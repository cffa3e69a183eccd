//! How the holds of a SKU ended, and who kept stock from the others.

mod model;
mod store;

pub(crate) use model::Holds;
pub(crate) use store::holds;
