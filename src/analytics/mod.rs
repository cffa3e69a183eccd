//! What the books tell a merchant.

mod insight;
mod model;
pub mod routes;
mod store;
pub mod vitals;

pub use insight::{Insight, Source};
pub use model::Health;
