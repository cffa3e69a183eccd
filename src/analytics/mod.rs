//! What the books tell a merchant.

mod history;
mod holds;
mod insight;
mod model;
pub mod routes;
pub mod store;
mod window;

pub use insight::{Insight, Source};
pub use model::Health;
