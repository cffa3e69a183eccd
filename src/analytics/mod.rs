//! What the books tell a merchant.

mod history;
mod holds;
pub mod insight;
mod model;
pub mod routes;
pub mod store;
pub mod vitals;
mod window;

pub use insight::{Insight, Source};
pub use model::Health;
