//! What the books tell a merchant.

mod insight;
mod model;
pub mod routes;
pub mod store;

pub use insight::{Insight, Source};
pub use model::Health;
