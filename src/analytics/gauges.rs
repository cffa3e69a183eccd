//! Gauges over all SKUs, sampled from the database for the metrics.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::model::Sample;
use super::store;
use crate::deadline::Deadline;
use crate::periodic::periodic;
use crate::telemetry::metrics;

/// About as often as Prometheus scrapes.
const INTERVAL: Duration = Duration::from_secs(5);

/// Samples until `stop` is cancelled. While the database is unavailable, the gauges have no value.
pub async fn run(pool: PgPool, stop: CancellationToken) {
    let latest = register_gauges();
    let sampling = || async {
        let sample = Deadline::of_job_step().run(store::sample(&pool)).await;
        *latest.lock().unwrap_or_else(PoisonError::into_inner) = sample.ok();
        INTERVAL
    };
    periodic(&stop, sampling).await;
}

/// Registers the gauges. They show the sample that is stored in the result.
fn register_gauges() -> Arc<Mutex<Option<Sample>>> {
    let latest = Arc::new(Mutex::new(None::<Sample>));
    let read = |value: fn(Sample) -> f64| {
        let latest = Arc::clone(&latest);
        move || {
            let sample = *latest.lock().unwrap_or_else(PoisonError::into_inner);
            sample.map(value)
        }
    };
    #[expect(clippy::cast_precision_loss, reason = "no waitlist is that long")]
    let waiting = read(|sample| sample.waiting as f64);
    metrics().register_sample_gauge(
        "fairhold.waitlist.size",
        "",
        "Reservations on the waitlists of all SKUs.",
        waiting,
    );
    metrics().register_sample_gauge(
        "fairhold.sweep.lag",
        "s",
        "Time since the longest overdue hold was due.",
        read(|sample| sample.sweep_lag),
    );
    latest
}
