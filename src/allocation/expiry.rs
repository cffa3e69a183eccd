//! The background job that ends due holds.
//!
//! It finds the SKUs that have any, without a lock, and has the lanes end them, so that the freed
//! stock is offered again in the same transaction. Several processes may run it at once: under the
//! row lock, each hold ends once.

use std::collections::{BTreeSet, VecDeque};
use std::panic::resume_unwind;
use std::time::Duration;

use fairhold_core::allocation::{Expire, SweepResult};
use fairhold_core::ids::Sku;
use sqlx::PgPool;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::job::SubmitError;
use super::lanes::Lanes;
use super::queues::SWEEP_LIMIT;
use crate::deadline::Deadline;
use crate::periodic::{FailureLog, jittered};
use crate::reservations;

/// How many due holds one search takes into account.
const SEARCH_LIMIT: i64 = 10_000;

/// How long one search may take. A dead connection must not stop the sweep for good.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(2);

/// Searches for due holds about every `interval` and ends them, until `stop` is cancelled. A SKU that
/// takes long, since its lane is busy or its row is locked, delays no other.
pub async fn run(lanes: Lanes, pool: PgPool, interval: Duration, stop: CancellationToken) {
    let log = FailureLog::new("the search for due holds");
    let mut sweeps = JoinSet::new();
    let mut in_progress = BTreeSet::new();
    let mut due = VecDeque::new();
    let mut all_found = true;
    let mut next_search = Instant::now();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep_until(next_search) => {
                let found = stop.run_until_cancelled(search(&pool, &in_progress)).await;
                let Some(found) = found else {
                    return;
                };
                if let Some(found) = log.note(found) {
                    all_found = found.iter().map(|(_, holds)| holds).sum::<i64>() < SEARCH_LIMIT;
                    due = found.into_iter().map(|(sku, _)| sku).collect();
                }
                next_search = Instant::now() + jittered(interval);
            }
            Some(done) = sweeps.join_next() => {
                let (sku, swept) = done.unwrap_or_else(|panic| resume_unwind(panic.into_panic()));
                in_progress.remove(&sku);
                if swept != SweepResult::default() {
                    let SweepResult { expired, promoted, .. } = swept;
                    tracing::info!(%sku, expired, promoted, "expired holds ended");
                }
                if !all_found && due.is_empty() && sweeps.len() < SWEEP_LIMIT / 2 {
                    next_search = Instant::now();
                }
            }
        }
        while sweeps.len() < SWEEP_LIMIT
            && let Some(sku) = due.pop_front()
        {
            if in_progress.insert(sku.clone()) {
                sweeps.spawn(sweep(lanes.clone(), sku));
            }
        }
    }
}

async fn search(pool: &PgPool, except: &BTreeSet<Sku>) -> sqlx::Result<Vec<(Sku, i64)>> {
    let search = reservations::store::skus_to_sweep(pool, except, SEARCH_LIMIT);
    Deadline::after(SEARCH_TIMEOUT).run(search).await
}

/// Ends the holds of one SKU that are due now. After a failure the rest is left to the next search.
async fn sweep(lanes: Lanes, sku: Sku) -> (Sku, SweepResult) {
    let mut total = SweepResult::default();
    loop {
        match lanes
            .submit(Expire { sku: sku.clone() }, lanes.deadline())
            .await
        {
            Ok(swept) => total = total.plus(swept),
            // The metrics count overload, and the lane has logged a failure.
            Err(SubmitError::Overloaded | SubmitError::Failed) => return (sku, total),
            Err(error @ (SubmitError::Unavailable | SubmitError::Rejected(_))) => {
                tracing::warn!(%sku, %error, "the expiry sweep of a SKU failed");
                return (sku, total);
            }
        }
        if !total.more {
            return (sku, total);
        }
    }
}
