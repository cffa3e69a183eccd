//! A lane: gathers the commands that arrive together and runs them as one transaction.
//!
//! There is no timer. An idle lane runs a single command at once; while a transaction is in
//! flight, arrivals gather, and the next one takes them all. Batches grow with the load.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::fairness::Policy;
use crate::inventory::{self, Sku};
use crate::live::Hub;
use crate::telemetry::{metrics, traces};

use super::aside::Aside;
use super::command::{Command, Outcome};
use super::job::{Job, SubmitError};
use super::refusal::{Trouble, trouble};
use super::steps::Steps;
use super::transaction::{self, LockWait, Receipt};

/// How long a lane waits before it tries to reach the database again.
const RECONNECT_PAUSE: Duration = Duration::from_millis(50);

/// How often a lane that has nothing else to do asks whether a locked row is free.
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// How often a command is tried alone that meets a lock, though its SKU's row is free.
const LONE_TRIES: u32 = 4;

/// What every lane goes by.
#[derive(Debug, Clone)]
pub struct LaneSettings {
    /// Where the database is.
    pub database: PgConnectOptions,
    /// The rules of fairness.
    pub policy: Policy,
    /// How many commands one transaction takes at most.
    pub batch_limit: usize,
    /// How long a batch may try to reach an answer, which is half of a request's time.
    pub patience: Duration,
    /// Where those look who watch SKUs.
    pub hub: Hub,
}

/// Why a batch came to nothing.
enum Failure {
    /// The database will not have it, for this cause.
    Refused(String),
    /// Somebody else holds a row that it needs.
    Locked,
    /// The database can't be reached, or not in time.
    Away,
}

impl Failure {
    fn of(trouble: Trouble, error: &sqlx::Error) -> Self {
        match trouble {
            Trouble::Refused => Self::Refused(error.to_string()),
            Trouble::Locked => Self::Locked,
            Trouble::Away => Self::Away,
        }
    }
}

/// A lane's task. Only it touches the lane's connection.
#[derive(Debug)]
pub(super) struct Lane {
    settings: LaneSettings,
    arrivals: mpsc::Receiver<Job>,
    /// Ends of holds, which come before all arrivals: their stock is offered on in time however
    /// many shoppers there are.
    due: mpsc::Receiver<Job>,
    /// Jobs whose turn comes before all arrivals.
    again: VecDeque<Job>,
    /// Jobs whose turn comes when somebody else lets go of their SKU.
    aside: Aside,
    /// How many jobs are in `again` and `aside`, for whoever watches.
    kept: Arc<AtomicU64>,
    connection: Option<PgConnection>,
}

impl Lane {
    pub(super) fn new(
        settings: LaneSettings,
        arrivals: mpsc::Receiver<Job>,
        due: mpsc::Receiver<Job>,
        kept: Arc<AtomicU64>,
    ) -> Self {
        Self {
            settings,
            arrivals,
            due,
            again: VecDeque::new(),
            aside: Aside::default(),
            kept,
            connection: None,
        }
    }

    /// Works until `drain` is cancelled and everything that had arrived is answered.
    pub(super) async fn run(mut self, drain: CancellationToken) {
        loop {
            // A panic costs the batch, whose clients hear that the outcome is unknown, not the lane.
            match AssertUnwindSafe(self.turn(&drain)).catch_unwind().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(_panic) => {
                    tracing::error!("a batch panicked");
                    self.connection = None;
                }
            }
        }
        if let Some(connection) = self.connection.take() {
            // The server notices a lost connection by itself; a farewell is only polite.
            connection.close().await.ok();
        }
    }

    /// Gathers a batch and settles it. `false` when all is done.
    async fn turn(&mut self, drain: &CancellationToken) -> bool {
        let Some(batch) = self.gather(drain).await else {
            return false;
        };
        self.settle(batch).await;
        if !self.aside.is_empty() {
            self.look_after_the_locked().await;
        }
        self.tell_what_is_kept();
        true
    }

    fn tell_what_is_kept(&self) {
        let kept = self.again.len() + self.aside.len();
        self.kept.store(kept as u64, Ordering::Relaxed);
    }

    /// The next batch; empty when it is time to look after the SKUs that are locked, `None` when
    /// all is done.
    async fn gather(&mut self, drain: &CancellationToken) -> Option<Vec<Job>> {
        let limit = self.settings.batch_limit;
        loop {
            let mut batch = Vec::new();
            while batch.len() < limit
                && let Ok(job) = self.due.try_recv()
            {
                batch.push(job);
            }
            let first = self.again.len().min(limit - batch.len());
            batch.extend(self.again.drain(..first));
            if batch.is_empty() && !self.receive(&mut batch, drain).await {
                return None;
            }
            while batch.len() < limit
                && let Ok(job) = self.arrivals.try_recv()
            {
                batch.push(job);
            }
            batch.retain_mut(|job| job.begin(self.settings.patience));
            if !batch.is_empty() || !self.aside.is_empty() {
                return Some(batch);
            }
        }
    }

    /// Waits for arrivals, though not for long while SKUs are locked. `false` when nothing will
    /// come any more and nothing is left.
    async fn receive(&mut self, batch: &mut Vec<Job>, drain: &CancellationToken) -> bool {
        let some_locked = !self.aside.is_empty();
        loop {
            tokio::select! {
                biased;
                () = drain.cancelled(), if !self.arrivals.is_closed() => self.arrivals.close(),
                Some(job) = self.due.recv() => {
                    batch.push(job);
                    return true;
                }
                arrived = self.arrivals.recv_many(batch, self.settings.batch_limit) => {
                    if arrived == 0 && some_locked {
                        sleep(LOCK_PAUSE).await;
                    }
                    return arrived > 0 || some_locked;
                }
                () = sleep(LOCK_PAUSE), if some_locked => return true,
            }
        }
    }

    /// Runs a batch, in halves where the database refuses it, until every job is answered or set
    /// aside. Only the first lock that the batch meets is waited for: whoever arrives meanwhile
    /// must not lose its time to each of the parts. A part whose time the others have used up is
    /// refused: nothing of it was changed.
    async fn settle(&mut self, batch: Vec<Job>) {
        let mut open = vec![batch];
        let mut lock_wait = LockWait::Usual;
        let mut lone_tries = BTreeMap::new();
        while let Some(batch) = open.pop() {
            // Nobody overtakes those who asked for the same SKU before.
            let batch = self.aside.sift(batch, &self.aside.skus());
            let now = Instant::now();
            let (late, batch) = batch.into_iter().partition(|job| job.is_overdue_at(now));
            fail(late, &SubmitError::Overloaded);
            let Some(end) = batch.iter().map(Job::end).min() else {
                continue;
            };
            let deadline = end.min(now + self.settings.patience);
            self.tell_what_is_kept();
            match self.attempt(&batch, lock_wait, deadline).await {
                Ok(outcomes) => self.answer(batch, outcomes),
                Err(Failure::Refused(cause)) if batch.len() == 1 => {
                    fail(batch, &SubmitError::Failed(cause));
                }
                Err(Failure::Refused(_)) => open.extend(halves(batch)),
                Err(Failure::Locked) => {
                    lock_wait = LockWait::Brief;
                    let skus = batch.iter().map(|job| job.command.sku().clone());
                    let locked = self.locked(skus.collect(), deadline).await;
                    let free = self.aside.sift(batch, &locked);
                    if !locked.is_empty() {
                        open.push(free);
                    } else if let [alone] = &free[..] {
                        // The SKU is free by now, or it is another row, which takes no more of
                        // the lane's time than a few tries.
                        let tries = lone_tries.entry(alone.command.sku().clone()).or_insert(0);
                        *tries += 1;
                        if *tries < LONE_TRIES {
                            open.push(free);
                        } else {
                            fail(free, &SubmitError::Overloaded);
                        }
                    } else {
                        open.extend(halves(free));
                    }
                }
                Err(Failure::Away) => fail(batch, &SubmitError::Unavailable),
            }
        }
    }

    /// Takes up again what was set aside and is free now. Who has waited too long is refused.
    async fn look_after_the_locked(&mut self) {
        let room = self.arrivals.max_capacity();
        let given_up = self.aside.give_up(Instant::now(), room);
        fail(given_up, &SubmitError::Overloaded);
        let deadline = Instant::now() + self.settings.patience / 2;
        let locked = self.locked(self.aside.skus(), deadline).await;
        self.again.extend(self.aside.release(&locked));
    }

    /// Which of `skus` somebody else keeps locked: all, when the database does not say in time. A
    /// look that finds any counts as a transaction that failed, as one that fails itself does.
    async fn locked(&mut self, skus: BTreeSet<Sku>, deadline: Instant) -> BTreeSet<Sku> {
        let names: Vec<_> = skus.iter().map(ToString::to_string).collect();
        let ask = async {
            let connection = open(&mut self.connection, &self.settings).await?;
            let mut question = connection.begin().await?;
            let locked = inventory::store::locked(&mut question, &names).await?;
            question.rollback().await?;
            Ok::<_, sqlx::Error>(locked)
        };
        let cause = match timeout_at(deadline, ask).await {
            Ok(Ok(locked)) => {
                if !locked.is_empty() {
                    metrics().failed(Trouble::Locked.name());
                }
                return locked.into_iter().collect();
            }
            Ok(Err(error)) => trouble(&error).name(),
            Err(_elapsed) => "timeout",
        };
        metrics().failed(cause);
        self.connection = None;
        skus
    }

    /// Tries a batch until it is committed or refused, or the deadline has come and it stands
    /// still.
    async fn attempt(
        &mut self,
        batch: &[Job],
        lock_wait: LockWait,
        deadline: Instant,
    ) -> Result<Vec<Outcome>, Failure> {
        let commands: Vec<Command> = batch.iter().map(|job| job.command.clone()).collect();
        let mut receipt = None;
        let span = traces::batch(batch.iter().map(Job::span));
        span.record("commands", commands.len());
        loop {
            let steps = Steps::default();
            let patience = self.settings.patience;
            let work = self.transact(&commands, lock_wait, &steps, &mut receipt);
            let work = work.instrument(span.clone());
            let error = match steps.wait(deadline, patience, work).await {
                Some(Ok(outcomes)) => return Ok(outcomes),
                Some(Err(error)) => error,
                None => {
                    self.connection = None;
                    tracing::warn!(commands = commands.len(), "a batch ran out of time");
                    metrics().failed("timeout");
                    return Err(Failure::Away);
                }
            };
            let trouble = trouble(&error);
            if trouble != Trouble::Locked {
                self.connection = None;
            }
            metrics().failed(trouble.name());
            let expected = matches!(trouble, Trouble::Away | Trouble::Locked);
            tracing::warn!(%error, commands = commands.len(), expected, "a batch failed");
            if receipt.is_none() && trouble != Trouble::Away {
                return Err(Failure::of(trouble, &error));
            }
            if Instant::now() + RECONNECT_PAUSE >= deadline {
                return Err(Failure::Away);
            }
            sleep(RECONNECT_PAUSE).await;
        }
    }

    async fn transact(
        &mut self,
        commands: &[Command],
        lock_wait: LockWait,
        steps: &Steps,
        receipt: &mut Option<Receipt>,
    ) -> sqlx::Result<Vec<Outcome>> {
        let connection = open(&mut self.connection, &self.settings).await?;
        let settings = &self.settings;
        transaction::run(connection, commands, settings, lock_wait, steps, receipt).await
    }

    fn answer(&mut self, batch: Vec<Job>, outcomes: Vec<Outcome>) {
        let now = Instant::now();
        for (job, outcome) in batch.into_iter().zip(outcomes) {
            if outcome != Outcome::Deferred {
                job.answer(Ok(outcome));
            } else if job.is_overdue_at(now) {
                job.answer(Err(SubmitError::Overloaded));
            } else {
                self.again.push_back(job);
            }
        }
    }
}

/// The connection in `slot`, which is made if there is none.
async fn open<'a>(
    slot: &'a mut Option<PgConnection>,
    settings: &LaneSettings,
) -> sqlx::Result<&'a mut PgConnection> {
    match slot {
        Some(connection) => Ok(connection),
        empty => {
            let connection = transaction::connect(&settings.database, settings.patience).await?;
            Ok(empty.insert(connection))
        }
    }
}

/// The second half and the first: the first is to be popped first.
fn halves(mut batch: Vec<Job>) -> [Vec<Job>; 2] {
    let second = batch.split_off(batch.len() / 2);
    [second, batch]
}

fn fail(batch: Vec<Job>, why: &SubmitError) {
    for job in batch {
        job.answer(Err(why.clone()));
    }
}
