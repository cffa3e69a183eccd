//! The scheduled job that ends due holds.
//!
//! It finds the SKUs that have any, without a lock, and asks the lanes to end them, so that the
//! freed stock is offered on in the same transaction. Several processes may run it at once: the
//! row lock lets each hold end once.

use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use rand::Rng;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::command::{Expire, Swept};
use super::job::SubmitError;
use super::lanes::Lanes;
use crate::inventory::Sku;
use crate::reservations;

/// How many due holds one look at the index takes into account.
const LOOK_LIMIT: i64 = 10_000;

/// How many SKUs are swept at the same time, so that shoppers always find room in the lanes.
const CONCURRENCY: usize = 64;

/// Sweeps about every `interval` until `stop` is cancelled. A failure is logged and the next turn
/// tries again.
pub async fn run(lanes: Lanes, pool: PgPool, interval: Duration, stop: CancellationToken) {
    while pause(interval, &stop).await {
        tokio::select! {
            () = stop.cancelled() => break,
            swept = sweep(&lanes, &pool) => match swept {
                Ok(Swept { expired: 0, .. }) => {}
                Ok(Swept { expired, promoted, .. }) => {
                    tracing::info!(expired, promoted, "holds ended");
                }
                Err(error) => tracing::warn!(%error, "a sweep failed"),
            },
        }
    }
}

/// Ends every hold that is due now, on all SKUs, and returns what it did.
///
/// # Errors
/// When the database can't be asked which SKUs have due holds. A SKU that can't be swept is
/// logged and left to the next turn.
pub async fn sweep(lanes: &Lanes, pool: &PgPool) -> sqlx::Result<Swept> {
    let due = reservations::store::skus_with_due_holds(pool, LOOK_LIMIT).await?;
    let sweeps = stream::iter(due).map(|sku| sweep_sku(lanes, sku));
    let total = sweeps
        .buffer_unordered(CONCURRENCY)
        .fold(Swept::default(), async |total, swept| total.plus(swept));
    Ok(total.await)
}

async fn sweep_sku(lanes: &Lanes, sku: Sku) -> Swept {
    let mut total = Swept::default();
    loop {
        let ask = Expire { sku: sku.clone() };
        match lanes.submit(ask).await {
            Ok(swept) => total = total.plus(swept),
            Err(SubmitError::Overloaded) => return total,
            Err(error) => {
                tracing::warn!(%sku, %error, "a SKU could not be swept");
                return total;
            }
        }
        if !total.more {
            return total;
        }
    }
}

/// Waits for the interval, or a little less, so that processes drift apart and none lets stock lie
/// longer than it was told to. `false` when it is time to stop.
async fn pause(interval: Duration, stop: &CancellationToken) -> bool {
    let jitter = rand::rng().random_range(0.8..1.0);
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(interval.mul_f64(jitter)) => true,
    }
}
