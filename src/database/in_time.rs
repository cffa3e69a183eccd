//! How long anything outside of the lanes may wait for the database.

use std::cell::Cell;
use std::io::ErrorKind;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// The longest wait of what is no request, such as a job. The server's own limit is shorter; this
/// one is for a connection that has fallen silent.
const SILENCE: Duration = Duration::from_secs(10);

/// What is left of a request's time, which begins to run when it first waits.
#[derive(Debug)]
struct Patience {
    time: Duration,
    until: Cell<Option<Instant>>,
}

tokio::task_local! {
    static PATIENCE: Patience;
}

impl Patience {
    fn until(&self) -> Instant {
        let until = self.until.get();
        let until = until.unwrap_or_else(|| Instant::now() + self.time);
        self.until.set(Some(until));
        until
    }
}

/// Works on a request whose waits may take `time` in all, those of [`in_time`] and those for a lane.
pub async fn with_patience<T>(time: Duration, work: impl Future<Output = T>) -> T {
    let patience = Patience {
        time,
        until: Cell::new(None),
    };
    PATIENCE.scope(patience, work).await
}

/// When the time of the request that is worked on is over; `None` outside of any. It begins to run
/// now, if nothing was waited for before.
#[must_use]
pub fn end_of_patience() -> Option<Instant> {
    PATIENCE.try_with(Patience::until).ok()
}

/// Waits for `work`, though not for ever.
pub async fn in_time<T>(work: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let until = end_of_patience().unwrap_or_else(|| Instant::now() + SILENCE);
    match timeout_at(until, work).await {
        Ok(done) => done,
        Err(_elapsed) => Err(sqlx::Error::Io(ErrorKind::TimedOut.into())),
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::{in_time, with_patience};

    const TIME: Duration = Duration::from_secs(3);

    async fn wait(time: Duration) -> sqlx::Result<()> {
        sleep(time).await;
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn all_waits_of_a_request_share_its_time() {
        let began = Instant::now();
        with_patience(TIME, async {
            in_time(wait(Duration::from_secs(2))).await.unwrap();
            in_time(pending::<sqlx::Result<()>>()).await.unwrap_err();
        })
        .await;
        assert_eq!(began.elapsed(), TIME);
    }

    #[tokio::test(start_paused = true)]
    async fn a_requests_time_does_not_run_before_it_waits() {
        with_patience(TIME, async {
            sleep(TIME * 2).await;
            in_time(wait(TIME / 2)).await.unwrap();
        })
        .await;
    }
}
