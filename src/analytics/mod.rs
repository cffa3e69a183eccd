//! What the books tell a merchant.

pub(crate) mod history;
pub(crate) mod holds;
pub mod insight;
mod model;
pub mod store;
pub mod vitals;

pub use insight::{Insight, Source};
pub use model::Health;
