//! The scheduled job that moves reservations which ended long ago into the history.
//!
//! It walks through the reservations in the order of their ids, by the index that checkout uses
//! anyway, from the oldest to those that are too young to be moved. Those that wait or hold, or
//! ended lately, are passed over and met again by the next walk. Several processes may walk at
//! once: what one is moving, the others pass over.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rand::Rng;
use sqlx::PgPool;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::database::ErrorClass;
use crate::deadline::Deadline;
use crate::reservations::ReservationId;
use crate::reservations::history::{self, Stretch};

/// How many reservations are looked at, and at most moved, at once.
const STRETCH_ROWS: i64 = 1000;

/// The rest between two stretches, which leaves the database to the shoppers.
const STRETCH_PAUSE: Duration = Duration::from_millis(100);

/// From the end of a walk to the next one. Days are counted: an hour more does not matter.
const WALK_PAUSE: Duration = Duration::from_hours(1);

/// From a walk that failed to the next one.
const FAILURE_PAUSE: Duration = Duration::from_secs(2);

/// Walks again and again, until `stop` is cancelled, and moves what ended longer ago than `age`. A
/// failure is logged, and a later walk tries again.
pub async fn run(pool: PgPool, age: Duration, stop: CancellationToken) {
    let walks = async {
        loop {
            let pause = match walk(&pool, age).await {
                Ok(0) => WALK_PAUSE,
                Ok(moved) => {
                    tracing::info!(moved, "ended reservations moved into the history");
                    WALK_PAUSE
                }
                Err(error) => {
                    tracing::warn!(%error, "ended reservations can't be moved into the history");
                    FAILURE_PAUSE
                }
            };
            sleep(jittered(pause)).await;
        }
    };
    // Each step is one statement: one that is cut short is done as a whole or not at all.
    stop.run_until_cancelled(walks).await;
}

/// One walk through all there is; returns how many reservations it moved.
async fn walk(pool: &PgPool, age: Duration) -> sqlx::Result<u64> {
    let then = Deadline::of_job_step().run(history::ago(pool, age)).await?;
    let mut after = ReservationId::from(Uuid::nil());
    let mut moved = 0;
    loop {
        let Stretch { last, months } = Deadline::of_job_step()
            .run(history::look(pool, after, then, STRETCH_ROWS))
            .await?;
        let Some(last) = last else {
            return Ok(moved);
        };
        if !months.is_empty() {
            match move_stretch(pool, (after, last), then, months).await {
                // Whatever is wrong with one row must not keep those behind it.
                Err(error) if ErrorClass::of(&error) == ErrorClass::Rejected => {
                    tracing::warn!(%error, %after, %last, "reservations can't be moved");
                }
                done => moved += done?,
            }
        }
        after = last;
        sleep(STRETCH_PAUSE).await;
    }
}

async fn move_stretch(
    pool: &PgPool,
    (after, last): (ReservationId, ReservationId),
    then: DateTime<Utc>,
    months: Vec<DateTime<Utc>>,
) -> sqlx::Result<u64> {
    for month in months {
        Deadline::of_job_step()
            .run(history::provide(pool, month))
            .await?;
    }
    Deadline::of_job_step()
        .run(history::move_ended(pool, after, last, then))
        .await
}

/// The pause, or a little less or more, so that processes drift apart.
fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(rand::rng().random_range(0.8..1.2))
}
