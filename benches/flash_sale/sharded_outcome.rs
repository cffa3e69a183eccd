//! The outcome that all clients of a load share.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::outcome::Outcome;

/// Enough that clients rarely wait for each other, and few, since a histogram is large.
const SHARDS: usize = 16;

pub(crate) struct ShardedOutcome(Vec<Mutex<Outcome>>);

impl ShardedOutcome {
    pub(crate) fn new() -> Arc<Self> {
        let shard = || Mutex::new(Outcome::new());
        Arc::new(Self((0..SHARDS).map(|_| shard()).collect()))
    }

    /// Counts a response of this client, as [`Outcome::count`] does.
    pub(crate) fn count(
        &self,
        client: usize,
        status: Option<u16>,
        since_due: Duration,
        since_sent: Duration,
    ) {
        let shard = self.0[client % SHARDS].lock();
        let mut shard = shard.expect("counting does not panic");
        shard.count(status, since_due, since_sent);
    }

    /// The sum of all shards.
    pub(crate) fn total(&self, took: Duration) -> Outcome {
        let mut total = Outcome::new();
        for shard in &self.0 {
            total.add(&shard.lock().expect("counting does not panic"));
        }
        total.took = took;
        total
    }
}
