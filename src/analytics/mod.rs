//! Reports for merchants: inventory health, stock over time, hold outcomes, summaries.

pub mod gauges;
pub(crate) mod history;
pub(crate) mod holds;
pub mod insight;
mod model;
pub mod store;

pub use insight::{Insight, SummarySource};
pub use model::Health;
