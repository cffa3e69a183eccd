//! All lanes of a process.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{io, thread};

use tokio::runtime::Builder;
use tokio::sync::mpsc;
use tokio::time::timeout_at;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::command::{Ask, Command};
use super::job::{Job, SubmitError};
use super::lane::{Lane, LaneSettings};
use crate::deadline::Deadline;
use crate::inventory::Sku;
use crate::telemetry::{LaneUse, metrics};

/// How many SKUs the scheduled job may have swept at the same time. Each lane keeps room for all of
/// them, so that none is ever refused.
pub(super) const DUE_ROOM: usize = 64;

/// The way to the heart: a handle that may be cloned.
#[derive(Debug, Clone)]
pub struct Lanes {
    entrances: Arc<[Entrance]>,
    patience: Duration,
}

/// Runs a lane on a thread of its own. Among the tasks of the requests it would have its turn behind
/// all that are waiting, once for each answer of the database: the more came, the fewer were served.
fn run(lane: Lane, running: TaskTrackerToken, drain: CancellationToken) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new()
        .name("lane".to_owned())
        .spawn(move || {
            runtime.block_on(lane.run(drain));
            drop(running);
        })?;
    Ok(())
}

#[derive(Debug)]
struct Entrance {
    arrivals: mpsc::Sender<Job>,
    due: mpsc::Sender<Job>,
    /// How many jobs the lane has taken in whose turn comes later.
    kept: Arc<AtomicU64>,
}

impl Entrance {
    fn of(&self, command: &Command) -> &mpsc::Sender<Job> {
        match command {
            Command::Expire(_) => &self.due,
            Command::Reserve(_)
            | Command::Confirm(_)
            | Command::Cancel(_)
            | Command::Restock(_) => &self.arrivals,
        }
    }

    fn used(&self) -> LaneUse {
        let queued = |queue: &mpsc::Sender<Job>| (queue.max_capacity() - queue.capacity()) as u64;
        let kept = self.kept.load(Ordering::Relaxed);
        LaneUse {
            waiting: queued(&self.arrivals) + queued(&self.due) + kept,
            limit: self.arrivals.max_capacity() as u64,
        }
    }
}

impl Lanes {
    /// Starts `count` lanes, each with room for `queue_limit` waiting commands; `tracker` waits for
    /// them. Once `drain` is cancelled they take nothing more, answer what they have, and end.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(
        count: usize,
        queue_limit: usize,
        settings: &LaneSettings,
        tracker: &TaskTracker,
        drain: &CancellationToken,
    ) -> io::Result<Self> {
        let entrances = (0..count).map(|_| {
            let (arrivals, arriving) = mpsc::channel(queue_limit);
            let (due, falling_due) = mpsc::channel(DUE_ROOM);
            let kept = Arc::default();
            let lane = Lane::new(settings.clone(), arriving, falling_due, Arc::clone(&kept));
            run(lane, tracker.token(), drain.clone())?;
            Ok(Entrance {
                arrivals,
                due,
                kept,
            })
        });
        let lanes = Self {
            entrances: entrances.collect::<io::Result<_>>()?,
            patience: settings.patience,
        };
        metrics().watch_lanes(lanes.uses());
        Ok(lanes)
    }

    /// Tells how each lane is used, as long as there are lanes.
    fn uses(&self) -> impl Fn() -> Vec<LaneUse> + Clone + use<> {
        let entrances = Arc::downgrade(&self.entrances);
        move || {
            let entrances = entrances.upgrade();
            entrances
                .iter()
                .flat_map(|all| all.iter())
                .map(Entrance::used)
                .collect()
        }
    }

    /// Has `ask` decided and waits until the outcome is durable, until `deadline` at most. A request
    /// has twice the request timeout: the second half is for the transaction, so a command that has
    /// not begun in the first half is refused.
    ///
    /// Dropping the future before the command's transaction has begun gives the command up;
    /// afterwards it takes its course.
    ///
    /// # Errors
    /// [`SubmitError::Overloaded`] when the lane is full, or the command has waited too long to
    /// begin: nothing was changed. The others as they say.
    pub async fn submit<A: Ask>(
        &self,
        ask: A,
        deadline: Deadline,
    ) -> Result<A::Answer, SubmitError> {
        let command = ask.into();
        let entrance = self.entrance(command.sku()).of(&command);
        let end = deadline.instant();
        let (job, mut ticket) = Job::new(command, end);
        entrance
            .try_send(job)
            .map_err(|_full_or_draining| SubmitError::Overloaded)?;
        let outcome = match timeout_at(end - self.patience, ticket.answer()).await {
            Ok(answer) => answer?,
            Err(_elapsed) if ticket.give_up() => return Err(SubmitError::Overloaded),
            // It has begun: the lane answers before the end.
            Err(_elapsed) => ticket.answer().await?,
        };
        let other = || SubmitError::Failed("the answer is one to something else".to_owned());
        A::answer(outcome).ok_or_else(other)
    }

    /// The deadline, from now on, of a command that no request has sent.
    #[must_use]
    pub fn deadline(&self) -> Deadline {
        Deadline::after(2 * self.patience)
    }

    /// Whether each lane takes commands. One that has ended never does again.
    #[must_use]
    pub fn are_open(&self) -> bool {
        let mut entrances = self.entrances.iter();
        entrances.all(|entrance| !entrance.arrivals.is_closed())
    }

    fn entrance(&self, sku: &Sku) -> &Entrance {
        let mut hasher = DefaultHasher::new();
        sku.hash(&mut hasher);
        let count = self.entrances.len() as u64;
        let lane = usize::try_from(hasher.finish() % count).unwrap_or_default();
        &self.entrances[lane]
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::allocation::Expire;

    const PATIENCE: Duration = Duration::from_secs(5);

    /// Lanes of which none ever takes a job, and the entrances that must be kept open.
    fn stuck() -> (Lanes, [mpsc::Receiver<Job>; 2]) {
        let (arrivals, arriving) = mpsc::channel(1);
        let (due, falling_due) = mpsc::channel(1);
        let lanes = Lanes {
            entrances: Arc::new([Entrance {
                arrivals,
                due,
                kept: Arc::default(),
            }]),
            patience: PATIENCE,
        };
        (lanes, [arriving, falling_due])
    }

    fn ask() -> Expire {
        Expire {
            sku: Sku::parse("A").unwrap(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_begin_in_the_first_half_of_its_time_is_refused() {
        let (lanes, _entrances) = stuck();
        let began = Instant::now();
        let refused = lanes.submit(ask(), lanes.deadline()).await;
        assert_eq!(refused.unwrap_err(), SubmitError::Overloaded);
        assert_eq!(began.elapsed(), PATIENCE);
    }

    #[tokio::test]
    async fn a_lane_that_has_ended_is_not_open() {
        let (lanes, entrances) = stuck();
        assert!(lanes.are_open());
        drop(entrances);
        assert!(!lanes.are_open());
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_request_waited_for_before_counts() {
        let (lanes, _entrances) = stuck();
        let began = Instant::now();
        let deadline = lanes.deadline();
        tokio::time::sleep(PATIENCE / 2).await;
        lanes.submit(ask(), deadline).await.unwrap_err();
        assert_eq!(began.elapsed(), PATIENCE);
    }
}
