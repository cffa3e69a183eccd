//! The scheduled job that ends due holds.
//!
//! It finds the SKUs that have any, without a lock, and asks the lanes to end them, so that the
//! freed stock is offered on in the same transaction. Several processes may run it at once: the
//! row lock lets each hold end once.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use rand::Rng;
use sqlx::PgPool;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::command::{Expire, Swept};
use super::job::SubmitError;
use super::lanes::{DUE_ROOM, Lanes};
use crate::inventory::Sku;
use crate::reservations;

/// How many due holds one look at the index takes into account.
const LOOK_LIMIT: i64 = 10_000;

/// How long one look may take. A connection that has fallen silent must not end all looking.
const LOOK_PATIENCE: Duration = Duration::from_secs(2);

/// Looks for due holds about every `interval`, and ends them, until `stop` is cancelled. A failure
/// is logged and the next look tries again.
///
/// A SKU that takes long, since its lane is busy or its row is locked, holds up no other.
pub async fn run(lanes: Lanes, pool: PgPool, interval: Duration, stop: CancellationToken) {
    let mut sweeps = FuturesUnordered::new();
    let mut in_work = BTreeSet::new();
    let mut due = VecDeque::new();
    let mut next_look = Instant::now();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep_until(next_look) => {
                let look = reservations::store::skus_with_due_holds(&pool, &in_work, LOOK_LIMIT);
                match stop.run_until_cancelled(timeout(LOOK_PATIENCE, look)).await {
                    Some(Ok(Ok(skus))) => due = skus.into(),
                    Some(Ok(Err(error))) => tracing::warn!(%error, "due holds can't be looked for"),
                    Some(Err(_elapsed)) => tracing::warn!("a look for due holds got no answer"),
                    None => return,
                }
                next_look = Instant::now() + jittered(interval);
            }
            Some((sku, swept)) = sweeps.next() => {
                in_work.remove(&sku);
                if swept != Swept::default() {
                    let Swept { expired, promoted, .. } = swept;
                    tracing::info!(%sku, expired, promoted, "holds ended");
                }
            }
        }
        while sweeps.len() < DUE_ROOM
            && let Some(sku) = due.pop_front()
        {
            if in_work.insert(sku.clone()) {
                sweeps.push(sweep(&lanes, sku));
            }
        }
    }
}

/// Ends the holds of one SKU that are due now, and says what that did. When it fails, the rest is
/// left to the next look.
async fn sweep(lanes: &Lanes, sku: Sku) -> (Sku, Swept) {
    let mut total = Swept::default();
    loop {
        let ask = Expire { sku: sku.clone() };
        match lanes.submit(ask, lanes.deadline()).await {
            Ok(swept) => total = total.plus(swept),
            Err(SubmitError::Overloaded) => return (sku, total),
            Err(error) => {
                tracing::warn!(%sku, %error, "a SKU could not be swept");
                return (sku, total);
            }
        }
        if !total.more {
            return (sku, total);
        }
    }
}

/// The interval, or a little less, so that processes drift apart and none lets stock lie longer
/// than it was told to.
fn jittered(interval: Duration) -> Duration {
    interval.mul_f64(rand::rng().random_range(0.8..1.0))
}
