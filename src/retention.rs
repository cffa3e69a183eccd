//! The background job that moves reservations which ended long ago into the history.
//!
//! It scans the reservations in the order of their ids, by the index that checkout uses anyway, from
//! the oldest to those that are too young to be moved. Reservations that wait or hold, or ended
//! recently, are skipped and met again by the next scan. Several processes may scan at once: each
//! skips the rows that another is moving.

use std::time::Duration;

use chrono::{DateTime, Utc};
use fairhold_core::ids::ReservationId;
use sqlx::PgPool;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::database::ErrorClass;
use crate::deadline::Deadline;
use crate::periodic::{FailureLog, jittered, periodic};
use crate::reservations::history::{self, IdRange};

/// How many reservations are examined, and at most moved, at once.
const RANGE_ROWS: i64 = 1000;

/// The pause between two ranges, which leaves the database to the shoppers.
const RANGE_PAUSE: Duration = Duration::from_millis(100);

/// From the end of a scan to the next one. Retention is counted in days: an hour does not matter.
const SCAN_PAUSE: Duration = Duration::from_hours(1);

const RETRY_PAUSE: Duration = Duration::from_secs(2);

/// Scans again and again until `stop` is cancelled, and moves what ended longer ago than `age`. Each
/// step is one statement: stopping in between leaves nothing half done.
pub async fn run(pool: PgPool, age: Duration, stop: CancellationToken) {
    let log = FailureLog::new("moving ended reservations into the history");
    let job = || async {
        let Some(moved) = log.note(scan(&pool, age).await) else {
            return jittered(RETRY_PAUSE);
        };
        if moved > 0 {
            tracing::info!(moved, "ended reservations moved into the history");
        }
        jittered(SCAN_PAUSE)
    };
    periodic(&stop, job).await;
}

/// Scans all reservations once. Returns how many it moved.
async fn scan(pool: &PgPool, age: Duration) -> sqlx::Result<u64> {
    let before = step(history::instant_before(pool, age)).await?;
    let mut after = ReservationId::from(Uuid::nil());
    let mut moved = 0;
    loop {
        let range = history::next_range(pool, after, before, RANGE_ROWS);
        let IdRange { last, months } = step(range).await?;
        let Some(last) = last else {
            return Ok(moved);
        };
        if !months.is_empty() {
            match move_range(pool, (after, last), before, months).await {
                // A row that can't be moved must not keep those behind it from being moved.
                Err(error) if ErrorClass::of(&error) == ErrorClass::Rejected => {
                    tracing::warn!(%error, %after, %last, "reservations can't be moved");
                }
                done => moved += done?,
            }
        }
        after = last;
        sleep(RANGE_PAUSE).await;
    }
}

/// Runs one statement within the time of a job's step.
async fn step<T>(statement: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    Deadline::of_job_step().run(statement).await
}

async fn move_range(
    pool: &PgPool,
    (after, last): (ReservationId, ReservationId),
    before: DateTime<Utc>,
    months: Vec<DateTime<Utc>>,
) -> sqlx::Result<u64> {
    for month in months {
        step(history::create_partition(pool, month)).await?;
    }
    step(history::move_ended(pool, after, last, before)).await
}
