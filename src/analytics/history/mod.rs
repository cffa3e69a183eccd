//! The stock of a SKU over time.

mod model;
mod store;

pub(crate) use model::{History, bucket_seconds, ends};
pub(crate) use store::points;
