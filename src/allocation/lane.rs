//! A lane: gathers the commands that arrive together and runs them as one transaction.
//!
//! There is no timer. An idle lane runs a single command at once; while a transaction is in
//! flight, arrivals gather, and the next one takes them all. Batches grow with the load.

use std::collections::VecDeque;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::fairness::Policy;

use super::command::{Command, Outcome};
use super::job::{Job, SubmitError};
use super::refusal::{Trouble, trouble};
use super::transaction::{self, Receipt};

/// How long a lane waits before it tries to reach the database again.
const RECONNECT_PAUSE: Duration = Duration::from_millis(50);

/// What every lane goes by.
#[derive(Debug, Clone)]
pub struct LaneSettings {
    /// Where the database is.
    pub database: PgConnectOptions,
    /// The rules of fairness.
    pub policy: Policy,
    /// How many commands one transaction takes at most.
    pub batch_limit: usize,
    /// How long a batch may try to reach an answer.
    pub patience: Duration,
}

/// A lane's task. Only it touches the lane's connection.
#[derive(Debug)]
pub(super) struct Lane {
    settings: LaneSettings,
    arrivals: mpsc::Receiver<Job>,
    /// Jobs whose turn comes before all arrivals.
    again: VecDeque<Job>,
    connection: Option<PgConnection>,
}

impl Lane {
    pub(super) fn new(settings: LaneSettings, arrivals: mpsc::Receiver<Job>) -> Self {
        Self {
            settings,
            arrivals,
            again: VecDeque::new(),
            connection: None,
        }
    }

    /// Works until `drain` is cancelled and everything that had arrived is answered.
    pub(super) async fn run(mut self, drain: CancellationToken) {
        loop {
            let batch = self.gather(&drain).await;
            if batch.is_empty() {
                break;
            }
            self.settle(batch).await;
        }
        if let Some(connection) = self.connection.take() {
            // The server notices a lost connection by itself; a farewell is only polite.
            connection.close().await.ok();
        }
    }

    /// The next batch; empty when all is done.
    async fn gather(&mut self, drain: &CancellationToken) -> Vec<Job> {
        let limit = self.settings.batch_limit;
        loop {
            let mut batch: Vec<Job> = Vec::new();
            let first = self.again.len().min(limit);
            batch.extend(self.again.drain(..first));
            if batch.is_empty() {
                tokio::select! {
                    biased;
                    () = drain.cancelled(), if !self.arrivals.is_closed() => {
                        self.arrivals.close();
                        continue;
                    }
                    arrived = self.arrivals.recv_many(&mut batch, limit) => if arrived == 0 {
                        return batch;
                    }
                }
            }
            while batch.len() < limit
                && let Ok(job) = self.arrivals.try_recv()
            {
                batch.push(job);
            }
            batch.retain_mut(Job::begin);
            if !batch.is_empty() {
                return batch;
            }
        }
    }

    /// Runs a batch, in halves where the database refuses it, until every job is answered.
    async fn settle(&mut self, batch: Vec<Job>) {
        let deadline = Instant::now() + self.settings.patience;
        let mut open = vec![batch];
        while let Some(mut batch) = open.pop() {
            match self.attempt(&batch, deadline).await {
                Ok(outcomes) => self.answer(batch, outcomes),
                Err(Trouble::Refused | Trouble::Locked) if batch.len() > 1 => {
                    let rest = batch.split_off(batch.len() / 2);
                    open.push(rest);
                    open.push(batch);
                }
                Err(Trouble::Refused) => fail(batch, SubmitError::Failed),
                Err(Trouble::Locked | Trouble::Away) => fail(batch, SubmitError::Unavailable),
            }
        }
    }

    /// Tries a batch until it is committed or refused, or the deadline has come.
    async fn attempt(&mut self, batch: &[Job], deadline: Instant) -> Result<Vec<Outcome>, Trouble> {
        let commands: Vec<Command> = batch.iter().map(|job| job.command.clone()).collect();
        let mut receipt = None;
        loop {
            let tried = timeout_at(deadline, self.transact(&commands, &mut receipt)).await;
            let error = match tried {
                Ok(Ok(outcomes)) => return Ok(outcomes),
                Ok(Err(error)) => error,
                Err(_elapsed) => {
                    self.connection = None;
                    tracing::warn!(commands = commands.len(), "a batch ran out of time");
                    return Err(Trouble::Away);
                }
            };
            self.connection = None;
            let trouble = trouble(&error);
            let expected = matches!(trouble, Trouble::Away | Trouble::Locked);
            tracing::warn!(%error, commands = commands.len(), expected, "a batch failed");
            if receipt.is_none() && trouble != Trouble::Away {
                return Err(trouble);
            }
            if Instant::now() + RECONNECT_PAUSE >= deadline {
                return Err(Trouble::Away);
            }
            sleep(RECONNECT_PAUSE).await;
        }
    }

    async fn transact(
        &mut self,
        commands: &[Command],
        receipt: &mut Option<Receipt>,
    ) -> sqlx::Result<Vec<Outcome>> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            empty => empty.insert(transaction::connect(&self.settings.database).await?),
        };
        transaction::run(connection, commands, &self.settings.policy, receipt).await
    }

    fn answer(&mut self, batch: Vec<Job>, outcomes: Vec<Outcome>) {
        for (job, outcome) in batch.into_iter().zip(outcomes) {
            if outcome == Outcome::Deferred {
                self.again.push_back(job);
            } else {
                job.answer(Ok(outcome));
            }
        }
    }
}

fn fail(batch: Vec<Job>, why: SubmitError) {
    for job in batch {
        job.answer(Err(why));
    }
}
