//! A lane: collects the commands that arrive together and runs them as one transaction.
//!
//! There is no timer. An idle lane runs a single command at once. While a transaction is in flight,
//! arrivals queue up, and the next transaction takes them all: batches grow with the load.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fairhold_core::allocation::Outcome;
use futures_util::FutureExt;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::job::{Job, SubmitError};
use super::lane_connection::{BatchError, LaneConnection};
use super::lock_wait::LockWait;
use super::locked_skus::LockedSkus;
use super::queues::Queues;
use super::serving_skus::ServingSkus;
use super::settings::LaneSettings;

/// How often the lane checks whether a locked row is free that commands wait for.
const LOCK_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// How often it checks locked rows that no command waits for.
const IDLE_POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Back-off factor: after a check, the lane makes none for this many times its duration.
const POLL_REST: u32 = 9;

/// The task of a lane. Only this task uses the lane's connection.
#[derive(Debug)]
pub(super) struct Lane {
    batch_limit: usize,
    batch_timeout: Duration,
    queues: Queues,
    locked: LockedSkus,
    serving: ServingSkus,
    /// When locked rows are checked next.
    next_poll: Instant,
    /// How long the next batch may wait for locks.
    lock_wait: LockWait,
    /// The number of retries and of jobs that wait for a lock, for the metrics.
    depth: Arc<AtomicU64>,
    connection: LaneConnection,
}

impl Lane {
    pub(super) fn new(settings: LaneSettings, queues: Queues, depth: Arc<AtomicU64>) -> Self {
        Self {
            batch_limit: settings.batch_limit,
            batch_timeout: settings.batch_timeout,
            queues,
            locked: LockedSkus::default(),
            serving: ServingSkus::default(),
            next_poll: Instant::now(),
            lock_wait: LockWait::Full,
            depth,
            connection: LaneConnection::new(settings),
        }
    }

    /// Runs until `drain` is cancelled and everything that had arrived is answered.
    pub(super) async fn run(mut self, drain: CancellationToken) {
        loop {
            // A panic outside of a transaction costs the batch, whose clients hear that the outcome
            // is unknown, but not the lane.
            match AssertUnwindSafe(self.tick(&drain)).catch_unwind().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(_logged) => self.connection.discard(),
            }
        }
        self.connection.close().await;
    }

    /// Runs the next batch. `false` when all is done.
    async fn tick(&mut self, drain: &CancellationToken) -> bool {
        let Some(batch) = self.next_batch(drain).await else {
            return false;
        };
        let began = Instant::now();
        self.run_batch(batch, self.lock_wait).await;
        self.serve(LockWait::after(began.elapsed(), self.batch_timeout))
            .await;
        self.lock_wait = LockWait::after(began.elapsed(), self.batch_timeout);
        if !self.locked.is_empty() && Instant::now() >= self.next_poll {
            self.poll_locked().await;
        }
        if self.locked.is_full() {
            self.lock_wait = LockWait::BRIEF;
        }
        self.publish_depth();
        true
    }

    /// Goes on with one SKU that is being served. It takes turns with the batches, and has a
    /// transaction of its own, so that the commands of a batch wait for one such at most.
    async fn serve(&mut self, lock_wait: LockWait) {
        let end = Instant::now() + 2 * self.batch_timeout;
        if let Some(mut job) = self.serving.next(end)
            && job.start(self.batch_timeout)
        {
            self.run_batch(vec![job], lock_wait).await;
        }
    }

    fn publish_depth(&self) {
        let depth = self.queues.retries() + self.locked.waiting();
        self.depth.store(depth as u64, Ordering::Relaxed);
    }

    /// The next batch; empty when it is time to poll the locked SKUs or to serve on, `None` when all
    /// is done.
    async fn next_batch(&mut self, drain: &CancellationToken) -> Option<Vec<Job>> {
        loop {
            let mut batch = Vec::new();
            self.queues.fill(&mut batch, self.batch_limit);
            if batch.is_empty() && !self.serving.is_empty() && !drain.is_cancelled() {
                return Some(batch);
            }
            if batch.is_empty() {
                if !self.wait(&mut batch, drain).await {
                    return None;
                }
                if batch.is_empty() {
                    return Some(batch);
                }
                self.queues.fill(&mut batch, self.batch_limit);
            }
            batch.retain_mut(|job| job.start(self.batch_timeout));
            if !batch.is_empty() {
                return Some(batch);
            }
        }
    }

    /// Waits for a job, but only until the next poll while SKUs are locked. `false` when nothing can
    /// arrive any more and nothing is left.
    async fn wait(&mut self, batch: &mut Vec<Job>, drain: &CancellationToken) -> bool {
        let some_locked = !self.locked.is_empty();
        loop {
            tokio::select! {
                biased;
                () = drain.cancelled(), if !self.queues.are_closed() => self.queues.close(),
                received = self.queues.receive() => {
                    let is_drained = received.is_none();
                    batch.extend(received);
                    if is_drained && self.locked.waiting() > 0 {
                        sleep_until(self.next_poll).await;
                        return true;
                    }
                    return !is_drained;
                }
                () = sleep_until(self.next_poll), if some_locked => return true,
            }
        }
    }

    /// Runs a batch until every job is answered or waits for a lock. A batch that the database
    /// rejects is split in halves and run again, so that a command fails alone.
    ///
    /// Only the first lock is waited for at length: otherwise each part of the batch could wait as
    /// long, and jobs that arrive meanwhile would time out. A part whose time is used up by then is
    /// refused: nothing of it was changed.
    async fn run_batch(&mut self, batch: Vec<Job>, mut lock_wait: LockWait) {
        let mut parts = vec![batch];
        while let Some(part) = parts.pop() {
            let part = self.locked.queue_behind(part);
            let now = Instant::now();
            let (late, part) = part.into_iter().partition(|job| job.is_overdue_at(now));
            fail(late, &SubmitError::Overloaded);
            let Some(end) = part.iter().map(Job::end).min() else {
                // No job is left in this part.
                continue;
            };
            let deadline = end.min(now + self.batch_timeout);
            self.publish_depth();
            match self.connection.try_batch(&part, lock_wait, deadline).await {
                Ok(committed) => {
                    self.serving.extend(committed.serving);
                    self.reply(part, committed.outcomes);
                }
                Err(BatchError::Rejected(cause)) if part.len() == 1 => {
                    fail(part, &SubmitError::Rejected(cause));
                }
                Err(BatchError::Rejected(_)) => parts.extend(halves(part)),
                // Which command met the impossible state is not known, and the state is no better
                // when a half of the batch runs again.
                Err(BatchError::Panicked) => fail(part, &SubmitError::Failed),
                Err(BatchError::Locked) => {
                    lock_wait = LockWait::BRIEF;
                    parts.extend(self.split_locked(part, deadline).await);
                }
                Err(BatchError::Unavailable) => fail(part, &SubmitError::Unavailable),
            }
        }
    }

    /// Puts the jobs of locked SKUs aside and returns the parts of the others that are to run
    /// again.
    async fn split_locked(&mut self, part: Vec<Job>, deadline: Instant) -> Vec<Vec<Job>> {
        let skus = part.iter().map(|job| job.command.sku().clone());
        let locked = self.connection.locked(skus.collect(), deadline).await;
        let mut free = self.locked.take(part, &locked);
        if !locked.is_empty() {
            return vec![free];
        }
        let [single] = &mut free[..] else {
            return Vec::from(halves(free));
        };
        // Either the SKU has become free, or the lock is on another row. It is tried again with a
        // later batch, so that the rest of this one does not wait for it.
        let sku = single.command.sku().clone();
        if single.may_meet_lock_again() {
            self.locked.take(free, &BTreeSet::from([sku]));
        } else {
            fail(free, &SubmitError::Overloaded);
        }
        Vec::new()
    }

    /// Retries the jobs whose SKUs are free again. Jobs that have waited too long are refused.
    async fn poll_locked(&mut self) {
        let began = Instant::now();
        let evicted = self.locked.evict(began, self.queues.limit());
        fail(evicted, &SubmitError::Overloaded);
        let deadline = began + self.batch_timeout / 2;
        let locked = self.connection.locked(self.locked.skus(), deadline).await;
        let released = self.locked.release(&locked);
        if !released.is_empty() {
            // The rows may have been taken again by then, and those who arrive with their jobs
            // shall not wait for them a second time.
            self.lock_wait = LockWait::BRIEF;
        }
        self.queues.retry(released);
        let interval = match self.locked.waiting() {
            0 => IDLE_POLL_INTERVAL,
            _ => LOCK_POLL_INTERVAL,
        };
        self.next_poll = Instant::now() + interval.max(began.elapsed() * POLL_REST);
    }

    fn reply(&mut self, batch: Vec<Job>, outcomes: Vec<Outcome>) {
        let now = Instant::now();
        for (job, outcome) in batch.into_iter().zip(outcomes) {
            if outcome != Outcome::Deferred {
                job.reply(Ok(outcome));
            } else if job.is_overdue_at(now) {
                job.reply(Err(SubmitError::Overloaded));
            } else {
                self.queues.retry([job.deferred()]);
            }
        }
    }
}

/// The second half and the first: callers pop the first half first.
fn halves(mut batch: Vec<Job>) -> [Vec<Job>; 2] {
    let second = batch.split_off(batch.len() / 2);
    [second, batch]
}

fn fail(batch: Vec<Job>, error: &SubmitError) {
    for job in batch {
        job.reply(Err(error.clone()));
    }
}
