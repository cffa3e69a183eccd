//! A command on its way through a lane.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fairhold_core::allocation::{Command, Outcome};
use thiserror::Error;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tracing::Span;

use crate::telemetry::traces;

/// Why a command has no outcome.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SubmitError {
    #[error("too many commands are waiting; nothing was changed")]
    Overloaded,
    #[error("the database is unavailable; the command may have taken effect")]
    Unavailable,
    /// With the message of the database, which is for the log only.
    #[error("the database rejected the command; nothing was changed: {0}")]
    Rejected(String),
    /// The batch of the command met an impossible state, which the lane has logged.
    #[error("the command failed; nothing was changed")]
    Failed,
}

/// Decides a race: the lane takes it to start the command, the client to cancel it.
#[derive(Debug, Clone, Default)]
struct StartFlag(Arc<AtomicBool>);

impl StartFlag {
    /// Whether the caller is the first.
    fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

/// How often a command is deferred that wants the stock of due holds. Each transaction ends some of
/// them, but other commands may take their stock: then the waitlist, where one is open, keeps the
/// command's place better than another try.
const MAX_DEFERRALS: u8 = 16;

/// How often a command may meet a lock although its SKU's row is free: the lock is on another row
/// then. A few tries take little of the lane's time.
const MAX_LOCKS_MET: u8 = 4;

/// A command and where its reply goes.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) command: Command,
    start: StartFlag,
    /// The span that the command was sent from.
    span: Span,
    /// When the reply must be sent.
    end: Instant,
    /// Until when a started command may be run again.
    overdue: Option<Instant>,
    deferrals: u8,
    locks_met: u8,
    reply: oneshot::Sender<Result<Outcome, SubmitError>>,
}

/// The client's end of a job. Dropping it cancels a command that has not started.
#[derive(Debug)]
pub(super) struct PendingReply {
    start: StartFlag,
    reply: oneshot::Receiver<Result<Outcome, SubmitError>>,
}

impl Job {
    /// A job whose reply must be sent before `end`.
    pub(super) fn new(command: Command, end: Instant) -> (Self, PendingReply) {
        let start = StartFlag::default();
        let (sender, reply) = oneshot::channel();
        let pending = PendingReply {
            start: start.clone(),
            reply,
        };
        let job = Self {
            command,
            start,
            span: traces::submitter(),
            end,
            overdue: None,
            deferrals: 0,
            locks_met: 0,
            reply: sender,
        };
        (job, pending)
    }

    /// A job that nobody waits for, and nobody cancels.
    pub(super) fn detached(command: Command, end: Instant) -> Self {
        let (reply, _) = oneshot::channel();
        Self {
            command,
            start: StartFlag::default(),
            span: Span::none(),
            end,
            overdue: None,
            deferrals: 0,
            locks_met: 0,
            reply,
        }
    }

    /// Starts the job unless the client has cancelled it, and returns whether it is to be run. It
    /// is overdue when `batch_timeout` has passed since its first start, or when only half of that
    /// is left until its end.
    pub(super) fn start(&mut self, batch_timeout: Duration) -> bool {
        if self.overdue.is_none() && self.start.take() {
            let overdue = Instant::now() + batch_timeout;
            self.overdue = Some(overdue.min(self.end - batch_timeout / 2));
        }
        self.overdue.is_some()
    }

    pub(super) fn is_overdue_at(&self, now: Instant) -> bool {
        self.overdue.is_some_and(|overdue| overdue <= now)
    }

    /// The job after its command was deferred.
    pub(super) fn deferred(mut self) -> Self {
        self.deferrals += 1;
        self
    }

    /// Whether the command must not be deferred again.
    pub(super) fn is_final(&self) -> bool {
        self.deferrals >= MAX_DEFERRALS
    }

    /// Notes that the command met a lock although its SKU's row is free, and returns whether it may
    /// be tried again.
    pub(super) fn may_meet_lock_again(&mut self) -> bool {
        self.locks_met += 1;
        self.locks_met < MAX_LOCKS_MET
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    /// When the reply must be sent.
    pub(super) fn end(&self) -> Instant {
        self.end
    }

    pub(super) fn reply(self, reply: Result<Outcome, SubmitError>) {
        // A client that has left does not receive it; the outcome is durable all the same.
        let _ = self.reply.send(reply);
    }
}

impl PendingReply {
    /// Waits for the reply. A lane that has ended sends none.
    pub(super) async fn receive(&mut self) -> Result<Outcome, SubmitError> {
        match (&mut self.reply).await {
            Ok(reply) => reply,
            Err(_dropped) => Err(SubmitError::Unavailable),
        }
    }

    /// Cancels the command; `false` when it has started already.
    pub(super) fn cancel(&self) -> bool {
        self.start.take()
    }
}

impl Drop for PendingReply {
    fn drop(&mut self) {
        self.cancel();
    }
}

#[cfg(test)]
mod tests {
    use fairhold_core::allocation::Expire;
    use fairhold_core::ids::Sku;

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(4);

    fn job(end: Instant) -> (Job, PendingReply) {
        let sku = Sku::parse("A").unwrap();
        Job::new(Command::Expire(Expire { sku }), end)
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_may_run_again_while_half_of_the_batch_timeout_is_left() {
        let now = Instant::now();
        for (time, overdue) in [(8, 4), (5, 3)] {
            let (mut job, _pending) = job(now + Duration::from_secs(time));
            assert!(job.start(TIMEOUT));
            let overdue = now + Duration::from_secs(overdue);
            assert!(!job.is_overdue_at(overdue - Duration::from_millis(1)));
            assert!(job.is_overdue_at(overdue), "{time} s");
        }
    }

    #[tokio::test]
    async fn a_cancelled_job_does_not_start() {
        let (mut job, pending) = job(Instant::now() + TIMEOUT);
        assert!(pending.cancel());
        assert!(!job.start(TIMEOUT));
    }
}
