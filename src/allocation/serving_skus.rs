//! SKUs whose waitlist is served on: a transaction stopped at its bound.

use std::collections::VecDeque;

use fairhold_core::allocation::{Command, Expire};
use fairhold_core::ids::Sku;
use tokio::time::Instant;

use super::job::Job;

/// Each SKU once, in turns. What a crash or a failure loses is found by the search for due holds,
/// since the tables know it.
#[derive(Debug, Default)]
pub(super) struct ServingSkus(VecDeque<Sku>);

impl ServingSkus {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn extend(&mut self, skus: Vec<Sku>) {
        for sku in skus {
            if !self.0.contains(&sku) {
                self.0.push_back(sku);
            }
        }
    }

    /// The command that serves the next SKU on.
    pub(super) fn next(&mut self, end: Instant) -> Option<Job> {
        let sku = self.0.pop_front()?;
        Some(Job::detached(Command::Expire(Expire { sku }), end))
    }
}
