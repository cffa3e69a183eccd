//! What the books tell a merchant.

pub mod insight;
mod model;
pub mod routes;
pub mod store;
pub mod vitals;

pub use insight::{Insight, Source};
pub use model::Health;
