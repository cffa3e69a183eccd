//! Reports for merchants: inventory health, stock over time, hold outcomes, summaries.

pub mod gauges;
mod history;
mod holds;
pub mod insight;
mod model;
mod range;
mod range_query;
pub mod routes;
pub mod store;

pub use insight::{Insight, Source};
pub use model::Health;
