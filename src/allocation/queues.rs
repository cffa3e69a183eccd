//! The queues of a lane, and whose turn it is in a batch.

use std::collections::VecDeque;

use fairhold_core::allocation::Command;
use tokio::sync::mpsc;

use super::job::Job;

/// How many SKUs are swept at the same time. Each lane has room for all of them, so that no sweep is
/// ever refused.
pub(super) const SWEEP_LIMIT: usize = 1_024;

/// What a job waits for its turn as.
#[derive(Debug, Clone, Copy)]
enum Turn {
    /// Confirmations and cancellations: shoppers who already have a hold or a place.
    Checkout,
    /// Reservations and restocks.
    Newcomer,
    Sweep,
}

/// The turns in a batch, over and over. A turn that nobody waits for goes to the next one, so that
/// each queue gets its share and an empty one costs nothing. The cycle goes on from batch to batch:
/// with batches of one command, the queues alternate.
const TURNS: [Turn; 4] = [Turn::Checkout, Turn::Newcomer, Turn::Checkout, Turn::Sweep];

/// The sending ends of the queues.
#[derive(Debug)]
pub(super) struct QueueSenders {
    checkouts: mpsc::Sender<Job>,
    newcomers: mpsc::Sender<Job>,
    sweeps: mpsc::Sender<Job>,
}

impl QueueSenders {
    pub(super) fn of(&self, command: &Command) -> &mpsc::Sender<Job> {
        match command {
            Command::Confirm(_) | Command::Cancel(_) => &self.checkouts,
            Command::Reserve(_) | Command::Restock(_) => &self.newcomers,
            Command::Expire(_) => &self.sweeps,
        }
    }

    /// The number of commands that wait in the fuller queue of clients.
    pub(super) fn depth(&self) -> usize {
        let depth = |queue: &mpsc::Sender<Job>| queue.max_capacity() - queue.capacity();
        depth(&self.checkouts).max(depth(&self.newcomers))
    }

    /// The most commands that each queue of clients takes.
    pub(super) fn limit(&self) -> usize {
        self.newcomers.max_capacity()
    }

    pub(super) fn are_closed(&self) -> bool {
        self.newcomers.is_closed()
    }
}

/// The receiving ends, which belong to the lane.
#[derive(Debug)]
pub(super) struct Queues {
    checkouts: mpsc::Receiver<Job>,
    newcomers: mpsc::Receiver<Job>,
    sweeps: mpsc::Receiver<Job>,
    /// Deferred and released jobs. They run before all others, which must not overtake them.
    retries: VecDeque<Job>,
    /// The index of the next turn.
    turn: usize,
}

/// Queues for up to `limit` checkout commands and as many others.
pub(super) fn queues(limit: usize) -> (QueueSenders, Queues) {
    let (to_checkouts, checkouts) = mpsc::channel(limit);
    let (to_newcomers, newcomers) = mpsc::channel(limit);
    let (to_sweeps, sweeps) = mpsc::channel(SWEEP_LIMIT);
    let senders = QueueSenders {
        checkouts: to_checkouts,
        newcomers: to_newcomers,
        sweeps: to_sweeps,
    };
    let queues = Queues {
        checkouts,
        newcomers,
        sweeps,
        retries: VecDeque::new(),
        turn: 0,
    };
    (senders, queues)
}

impl Queues {
    /// The most commands that each queue of clients takes.
    pub(super) fn limit(&self) -> usize {
        self.newcomers.max_capacity()
    }

    pub(super) fn retries(&self) -> usize {
        self.retries.len()
    }

    pub(super) fn retry(&mut self, jobs: impl IntoIterator<Item = Job>) {
        self.retries.extend(jobs);
    }

    /// Fills `batch` up to `limit` jobs with those that wait.
    pub(super) fn fill(&mut self, batch: &mut Vec<Job>, limit: usize) {
        let retries = self.retries.len().min(limit.saturating_sub(batch.len()));
        batch.extend(self.retries.drain(..retries));
        let mut passed = 0;
        while batch.len() < limit && passed < TURNS.len() {
            let turn = TURNS[self.turn];
            self.turn = (self.turn + 1) % TURNS.len();
            let queue = match turn {
                Turn::Checkout => &mut self.checkouts,
                Turn::Newcomer => &mut self.newcomers,
                Turn::Sweep => &mut self.sweeps,
            };
            match queue.try_recv() {
                Ok(job) => {
                    batch.push(job);
                    passed = 0;
                }
                Err(_empty_or_closed) => passed += 1,
            }
        }
    }

    /// Waits for a job; `None` once the queues are closed and empty. Loses no job when cancelled.
    pub(super) async fn receive(&mut self) -> Option<Job> {
        tokio::select! {
            biased;
            Some(job) = self.checkouts.recv() => Some(job),
            Some(job) = self.newcomers.recv() => Some(job),
            Some(job) = self.sweeps.recv() => Some(job),
            else => None,
        }
    }

    /// Accepts no further jobs.
    pub(super) fn close(&mut self) {
        self.checkouts.close();
        self.newcomers.close();
        self.sweeps.close();
    }

    pub(super) fn are_closed(&self) -> bool {
        self.newcomers.is_closed()
    }
}

#[cfg(test)]
mod tests {
    use fairhold_core::allocation::{Confirm, Expire, Restock};
    use fairhold_core::ids::{ReservationId, Sku};
    use fairhold_core::inventory::StockChange;
    use tokio::time::Instant;

    use super::*;

    fn commands() -> [Command; 3] {
        let sku = Sku::parse("A").unwrap();
        let confirm = Confirm {
            sku: sku.clone(),
            reservation_id: ReservationId::random(),
            actor: None,
        };
        let restock = Restock {
            sku: sku.clone(),
            change: StockChange::new(1).unwrap(),
            reason: None,
            idempotency_key: None,
            actor: None,
        };
        [confirm.into(), restock.into(), Expire { sku }.into()]
    }

    /// Fills the queues with this many checkouts, newcomers and sweeps.
    fn filled(counts: [usize; 3]) -> (QueueSenders, Queues) {
        let (senders, queues) = queues(16);
        for (command, count) in commands().iter().zip(counts) {
            for _ in 0..count {
                let (job, _pending) = Job::new(command.clone(), Instant::now());
                senders.of(command).try_send(job).unwrap();
            }
        }
        (senders, queues)
    }

    fn batch(queues: &mut Queues, limit: usize) -> String {
        let mut batch = Vec::new();
        queues.fill(&mut batch, limit);
        let letter = |job: &Job| match job.command {
            Command::Confirm(_) | Command::Cancel(_) => 'c',
            Command::Reserve(_) | Command::Restock(_) => 'n',
            Command::Expire(_) => 's',
        };
        batch.iter().map(letter).collect()
    }

    #[test]
    fn each_queue_gets_its_share_of_a_batch() {
        let (_senders, mut queues) = filled([16, 16, 16]);
        assert_eq!(batch(&mut queues, 8), "cncscncs");
    }

    #[test]
    fn batches_of_one_command_alternate() {
        let (_senders, mut queues) = filled([2, 2, 2]);
        let batches: Vec<_> = (0..6).map(|_| batch(&mut queues, 1)).collect();
        assert_eq!(batches.concat(), "cncsns");
    }

    #[test]
    fn the_turns_of_empty_queues_go_to_the_others() {
        let (_senders, mut queues) = filled([0, 3, 16]);
        assert_eq!(batch(&mut queues, 10), "nsnsnsssss");
    }
}
