//! Figures of all SKUs together, sampled for the metrics.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::PgPool;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::store;
use crate::deadline::Deadline;
use crate::telemetry::metrics;

/// How often the figures are sampled: Prometheus asks about as often.
const INTERVAL: Duration = Duration::from_secs(5);

/// A sample of all books.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Vitals {
    /// Reservations that wait.
    pub(super) waiting: i64,
    /// For how long the hold that has been due longest has been due, in seconds; 0 when none is.
    pub(super) sweep_lag: f64,
}

/// Samples until `stop` is cancelled. While the database is away, there are no figures.
pub async fn run(pool: PgPool, stop: CancellationToken) {
    let latest = watched();
    loop {
        let sampled = stop.run_until_cancelled(Deadline::of_job_step().run(store::vitals(&pool)));
        let Some(sample) = sampled.await else { return };
        *latest.lock().unwrap_or_else(PoisonError::into_inner) = sample.ok();
        if stop.run_until_cancelled(sleep(INTERVAL)).await.is_none() {
            return;
        }
    }
}

/// A place for the latest sample, which the metrics look at.
fn watched() -> Arc<Mutex<Option<Vitals>>> {
    let latest = Arc::new(Mutex::new(None::<Vitals>));
    let read = |figure: fn(Vitals) -> f64| {
        let latest = Arc::clone(&latest);
        move || {
            let sample = *latest.lock().unwrap_or_else(PoisonError::into_inner);
            sample.map(figure)
        }
    };
    #[expect(clippy::cast_precision_loss, reason = "no line is that long")]
    let waiting = read(|sample| sample.waiting as f64);
    metrics().watch_sample(
        "fairhold.waitlist.size",
        "",
        "Reservations that wait, of all SKUs.",
        waiting,
    );
    metrics().watch_sample(
        "fairhold.sweep.lag",
        "s",
        "For how long the hold that has been due longest has been due.",
        read(|sample| sample.sweep_lag),
    );
    latest
}
