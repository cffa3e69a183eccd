//! Stock of a SKU over time.

mod model;
mod store;

pub(crate) use model::{History, bucket_ends, bucket_seconds};
pub(crate) use store::points;
