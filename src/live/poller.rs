//! The job that finds in the database what other processes have changed of what is subscribed to.

use std::io::ErrorKind;
use std::time::Duration;

use sqlx::PgPool;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::full_scan::FullScan;
use super::hub::Hub;
use super::store;
use crate::database;
use crate::periodic::FailureLog;
use crate::reservations::queries;

const INTERVAL: Duration = Duration::from_millis(50);

/// Back-off factor: reservations rest for this many times the duration of their last read.
const REST: u32 = 4;

/// The longest that one poll may take, as on a connection that has fallen silent.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Polls while there are subscribers, until `stop` is cancelled. While the database is unavailable,
/// streams stay open as they are.
pub async fn run(hub: Hub, pool: PgPool, stop: CancellationToken) {
    let mut poller = Poller {
        hub,
        pool,
        next_read: Instant::now(),
        scan: None,
        failures: FailureLog::new("the poll for live updates"),
    };
    stop.run_until_cancelled(poller.run()).await;
}

struct Poller {
    hub: Hub,
    pool: PgPool,
    /// When reservations may be read again.
    next_read: Instant,
    /// The scan of all SKUs, while they have subscribers.
    scan: Option<FullScan>,
    failures: FailureLog,
}

impl Poller {
    async fn run(&mut self) {
        loop {
            self.hub.wait_for_subscriber().await;
            let next = Instant::now() + INTERVAL;
            let polled = timeout(TIMEOUT, self.poll()).await;
            let polled =
                polled.unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into())));
            self.failures.note(polled);
            sleep_until(next).await;
        }
    }

    async fn poll(&mut self) -> sqlx::Result<()> {
        self.poll_skus().await?;
        self.poll_reservations().await?;
        self.poll_all().await
    }

    async fn poll_skus(&self) -> sqlx::Result<()> {
        let known = self.hub.known_versions();
        if !known.is_empty() {
            let newer = store::newer(&self.pool, &known).await?;
            self.hub.enqueue(newer);
        }
        Ok(())
    }

    async fn poll_reservations(&mut self) -> sqlx::Result<()> {
        let began = Instant::now();
        if began < self.next_read {
            return Ok(());
        }
        let now = if self.hub.has_holds() {
            Some(database::now(&self.pool).await?)
        } else {
            None
        };
        let stale = self.hub.stale_reservations(now);
        if stale.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = stale.keys().copied().collect();
        for (reservation, place) in queries::find_each(&self.pool, &ids).await? {
            let version = stale[&reservation.reservation_id];
            self.hub
                .publish_reservation(&reservation, place, Some(version));
        }
        self.next_read = began + began.elapsed() * (REST + 1);
        Ok(())
    }

    async fn poll_all(&mut self) -> sqlx::Result<()> {
        let Some(log) = self.hub.log() else {
            self.scan = None;
            return Ok(());
        };
        let scan = match self.scan.take() {
            Some(scan) if scan.fills(&log) => scan,
            Some(_) | None => FullScan::new(log),
        };
        self.scan.insert(scan).step(&self.pool, &self.hub).await
    }
}
