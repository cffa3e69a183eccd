//! The task that asks the database what others have changed: what somebody watches, and no more.

use std::time::Duration;

use sqlx::PgPool;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::board::Board;
use super::store;
use super::walk::Walk;
use crate::database;
use crate::reservations::queries;

/// How often it looks.
const INTERVAL: Duration = Duration::from_millis(50);

/// How many times as long as reservations were read they are not read again.
const REST: u32 = 4;

/// How long one look may take. A connection that has fallen silent must not end all looking.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks again and again, as long as somebody watches something, until `stop` is cancelled. While
/// the database is away, streams stay as they are.
pub async fn run(board: Board, pool: PgPool, stop: CancellationToken) {
    let mut looker = Looker {
        board,
        pool,
        next_reading: Instant::now(),
        walk: None,
        is_away: false,
    };
    stop.run_until_cancelled(looker.work()).await;
}

struct Looker {
    board: Board,
    pool: PgPool,
    /// When reservations may be read again.
    next_reading: Instant,
    /// Through all SKUs, while somebody watches them.
    walk: Option<Walk>,
    /// Whether it was logged that the database can't be asked.
    is_away: bool,
}

impl Looker {
    async fn work(&mut self) {
        loop {
            self.board.until_watched().await;
            let next = Instant::now() + INTERVAL;
            let looked = timeout(PATIENCE, self.look()).await;
            let failure = match &looked {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(_elapsed) => Some("no answer".to_owned()),
            };
            self.log(failure);
            sleep_until(next).await;
        }
    }

    async fn look(&mut self) -> sqlx::Result<()> {
        self.look_at_skus().await?;
        self.look_at_reservations().await?;
        self.look_at_all().await
    }

    async fn look_at_skus(&self) -> sqlx::Result<()> {
        let known = self.board.known();
        if !known.is_empty() {
            let newer = store::newer(&self.pool, &known).await?;
            self.board.hear(newer);
        }
        Ok(())
    }

    async fn look_at_reservations(&mut self) -> sqlx::Result<()> {
        let began = Instant::now();
        if began < self.next_reading {
            return Ok(());
        }
        let now = if self.board.has_holds() {
            Some(database::now(&self.pool).await?)
        } else {
            None
        };
        let stale = self.board.stale(now);
        if stale.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = stale.keys().copied().collect();
        for (reservation, place) in queries::find_each(&self.pool, &ids).await? {
            let version = stale.get(&reservation.reservation_id).copied();
            self.board.show_reservation(&reservation, place, version);
        }
        self.next_reading = began + began.elapsed() * (REST + 1);
        Ok(())
    }

    async fn look_at_all(&mut self) -> sqlx::Result<()> {
        let Some(everything) = self.board.everything() else {
            self.walk = None;
            return Ok(());
        };
        let walk = match self.walk.take() {
            Some(walk) if walk.is_through(&everything) => walk,
            Some(_) | None => Walk::through(everything),
        };
        self.walk.insert(walk).go_on(&self.pool, &self.board).await
    }

    /// Logs once that the database can't be asked, and once that it can be.
    fn log(&mut self, failure: Option<String>) {
        match failure {
            Some(why) if !self.is_away => {
                tracing::warn!(why, "live updates wait for the database");
                self.is_away = true;
            }
            None if self.is_away => {
                tracing::info!("live updates go on");
                self.is_away = false;
            }
            Some(_) | None => {}
        }
    }
}
