//! The settings that all lanes share.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use fairhold_core::fairness::Policy;
use fairhold_core::inventory::Inventory;
use sqlx::postgres::PgConnectOptions;

/// Told of every committed batch.
pub trait CommitListener: Debug + Send + Sync {
    /// Called with the SKUs that a batch changed, once that is durable. Must not block.
    fn committed(&self, changed: Vec<Inventory>);
}

#[derive(Debug, Clone)]
pub struct LaneSettings {
    pub database: PgConnectOptions,
    pub policy: Policy,
    /// The most commands in one transaction.
    pub batch_limit: usize,
    /// The time limit of a batch: half of a request's time.
    pub batch_timeout: Duration,
    pub listener: Arc<dyn CommitListener>,
}
