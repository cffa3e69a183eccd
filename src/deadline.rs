//! Deadlines: by when whatever a request or a job waits for must be over.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// The time of a step of a job. The server's statement timeout is shorter; this one is for a
/// connection that has gone silent.
const JOB_STEP: Duration = Duration::from_secs(10);

/// An instant that nothing is waited for beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// The deadline `time` from now.
    #[must_use]
    pub fn after(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// The deadline of one step of a job.
    #[must_use]
    pub fn of_job_step() -> Self {
        Self::after(JOB_STEP)
    }

    #[must_use]
    pub fn instant(self) -> Instant {
        self.0
    }

    /// Waits for the database.
    ///
    /// # Errors
    /// Those of `query`; a time-out once the deadline has passed.
    pub async fn run<T>(self, query: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
        match timeout_at(self.0, query).await {
            Ok(result) => result,
            Err(_elapsed) => Err(sqlx::Error::Io(ErrorKind::TimedOut.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::Deadline;

    #[tokio::test(start_paused = true)]
    async fn all_waits_of_a_request_share_its_deadline() {
        let time = Duration::from_secs(3);
        let (began, deadline) = (Instant::now(), Deadline::after(time));
        let short = async {
            sleep(Duration::from_secs(2)).await;
            Ok(())
        };
        deadline.run(short).await.unwrap();
        deadline
            .run(pending::<sqlx::Result<()>>())
            .await
            .unwrap_err();
        assert_eq!(began.elapsed(), time);
    }
}
