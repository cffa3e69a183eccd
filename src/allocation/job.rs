//! A command on its way through a lane.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tracing::Span;

use crate::telemetry::traces;

use super::command::{Command, Outcome};

/// Why a command got no answer from the books.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SubmitError {
    /// Too much is waiting. Nothing was changed.
    #[error("too much is waiting; nothing was changed")]
    Overloaded,
    /// The database could not be reached in time. The command may have taken effect.
    #[error("the database can't be reached; the command may have taken effect")]
    Unavailable,
    /// The database refused the command. Nothing was changed. The cause is for the log alone.
    #[error("the database refused the command; nothing was changed: {0}")]
    Failed(String),
}

/// Whoever takes it first decides whether the command is run or given up.
#[derive(Debug, Clone, Default)]
struct Claim(Arc<AtomicBool>);

impl Claim {
    fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

/// A command and whom to answer.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) command: Command,
    claim: Claim,
    /// The span that it was sent from.
    span: Span,
    /// When it must have been answered.
    end: Instant,
    /// Until when it may be begun again, once it has begun.
    overdue: Option<Instant>,
    reply: oneshot::Sender<Result<Outcome, SubmitError>>,
}

/// The other end of a job. Dropped before the job has begun, it gives the command up.
#[derive(Debug)]
pub(super) struct Ticket {
    claim: Claim,
    answer: oneshot::Receiver<Result<Outcome, SubmitError>>,
}

impl Job {
    /// A job that is to be answered before `end`.
    pub(super) fn new(command: Command, end: Instant) -> (Self, Ticket) {
        let claim = Claim::default();
        let (reply, answer) = oneshot::channel();
        let ticket = Ticket {
            claim: claim.clone(),
            answer,
        };
        let job = Self {
            command,
            claim,
            span: traces::submitter(),
            end,
            overdue: None,
            reply,
        };
        (job, ticket)
    }

    /// Whether the job is to be run: its client has not given it up. It is overdue once
    /// `patience` has passed since it first was, or half of that is all that is left to it.
    pub(super) fn begin(&mut self, patience: Duration) -> bool {
        if self.overdue.is_none() && self.claim.take() {
            let overdue = Instant::now() + patience;
            self.overdue = Some(overdue.min(self.end - patience / 2));
        }
        self.overdue.is_some()
    }

    pub(super) fn is_overdue_at(&self, now: Instant) -> bool {
        self.overdue.is_some_and(|overdue| overdue <= now)
    }

    /// The span that it was sent from.
    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    /// When it must have been answered.
    pub(super) fn end(&self) -> Instant {
        self.end
    }

    pub(super) fn answer(self, answer: Result<Outcome, SubmitError>) {
        // Nobody listens any more when the client has left; the books are right all the same.
        self.reply.send(answer).ok();
    }
}

impl Ticket {
    /// Waits for the answer. A lane that is gone answers nothing.
    pub(super) async fn answer(&mut self) -> Result<Outcome, SubmitError> {
        match (&mut self.answer).await {
            Ok(answer) => answer,
            Err(_gone) => Err(SubmitError::Unavailable),
        }
    }

    /// Gives the command up; `false` when it has begun already.
    pub(super) fn give_up(&self) -> bool {
        self.claim.take()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.give_up();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::Expire;
    use crate::inventory::Sku;

    const PATIENCE: Duration = Duration::from_secs(4);

    fn job(end: Instant) -> (Job, Ticket) {
        let sku = Sku::parse("A").unwrap();
        Job::new(Command::Expire(Expire { sku }), end)
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_may_begin_again_while_half_of_its_patience_is_left() {
        let now = Instant::now();
        for (time, overdue) in [(8, 4), (5, 3)] {
            let (mut job, _ticket) = job(now + Duration::from_secs(time));
            assert!(job.begin(PATIENCE));
            let overdue = now + Duration::from_secs(overdue);
            assert!(!job.is_overdue_at(overdue - Duration::from_millis(1)));
            assert!(job.is_overdue_at(overdue), "{time} s");
        }
    }

    #[tokio::test]
    async fn a_job_that_was_given_up_does_not_begin() {
        let (mut job, ticket) = job(Instant::now() + PATIENCE);
        assert!(ticket.give_up());
        assert!(!job.begin(PATIENCE));
    }
}
