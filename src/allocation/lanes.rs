//! The lanes of a process: one thread each, chosen by SKU.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{io, thread};

use fairhold_core::allocation::TypedCommand;
use fairhold_core::ids::Sku;
use tokio::runtime::Builder;
use tokio::time::timeout_at;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::job::{Job, SubmitError};
use super::lane::Lane;
use super::queues::{QueueSenders, queues};
use super::settings::LaneSettings;
use crate::deadline::Deadline;
use crate::telemetry::{LaneUsage, metrics};

/// The lanes of this process. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Lanes {
    handles: Arc<[LaneHandle]>,
    batch_timeout: Duration,
}

/// Runs a lane on a thread of its own. On the runtime of the requests it would be scheduled behind
/// all waiting requests after each answer of the database, so that throughput would fall with load.
fn spawn(lane: Lane, running: TaskTrackerToken, drain: CancellationToken) -> io::Result<()> {
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
struct LaneHandle {
    queues: QueueSenders,
    /// The number of jobs that the lane has received but put aside.
    depth: Arc<AtomicU64>,
}

impl LaneHandle {
    fn usage(&self) -> LaneUsage {
        LaneUsage {
            waiting: self.queues.depth() as u64 + self.depth.load(Ordering::Relaxed),
            limit: self.queues.limit() as u64,
        }
    }
}

impl Lanes {
    /// Starts `count` lanes, each with room for `queue_limit` checkout commands and as many others;
    /// `tracker` waits for them.
    /// Once `drain` is cancelled they accept nothing more, answer what they have, and end.
    ///
    /// # Errors
    /// When the system can't start a thread.
    pub fn start(
        count: usize,
        queue_limit: usize,
        settings: &LaneSettings,
        tracker: &TaskTracker,
        drain: &CancellationToken,
    ) -> io::Result<Self> {
        let handles = (0..count).map(|_| {
            let (senders, queues) = queues(queue_limit);
            let depth = Arc::default();
            let lane = Lane::new(settings.clone(), queues, Arc::clone(&depth));
            spawn(lane, tracker.token(), drain.clone())?;
            Ok(LaneHandle {
                queues: senders,
                depth,
            })
        });
        let lanes = Self {
            handles: handles.collect::<io::Result<_>>()?,
            batch_timeout: settings.batch_timeout,
        };
        metrics().register_lane_gauges(lanes.usage());
        Ok(lanes)
    }

    /// Reads the usage of each lane, as long as there are lanes.
    fn usage(&self) -> impl Fn() -> Vec<LaneUsage> + Clone + use<> {
        let handles = Arc::downgrade(&self.handles);
        move || {
            let handles = handles.upgrade();
            handles
                .iter()
                .flat_map(|all| all.iter())
                .map(LaneHandle::usage)
                .collect()
        }
    }

    /// Runs `command` and waits until its outcome is durable, until `deadline` at most. The batch
    /// timeout before it is for the transaction: a command that has not started by then is refused.
    ///
    /// Dropping the future cancels a command that has not started; one that has runs to its end.
    ///
    /// # Errors
    /// [`SubmitError::Overloaded`] when the lane's queue is full or the command could not start in
    /// time: nothing was changed. See [`SubmitError`] for the others.
    ///
    /// # Panics
    /// When the lane answers with the outcome of another kind of command.
    pub async fn submit<C: TypedCommand>(
        &self,
        command: C,
        deadline: Deadline,
    ) -> Result<C::Answer, SubmitError> {
        let command = command.into();
        let queue = self.handle(command.sku()).queues.of(&command);
        let end = deadline.instant();
        let (job, mut pending) = Job::new(command, end);
        queue
            .try_send(job)
            .map_err(|_full_or_draining| SubmitError::Overloaded)?;
        let outcome = match timeout_at(end - self.batch_timeout, pending.receive()).await {
            Ok(reply) => reply?,
            Err(_elapsed) if pending.cancel() => return Err(SubmitError::Overloaded),
            // It has started: the lane replies before the end.
            Err(_elapsed) => pending.receive().await?,
        };
        let Some(answer) = C::answer(outcome) else {
            panic!("the lane answered with the outcome of another kind of command");
        };
        Ok(answer)
    }

    /// The deadline, from now on, of a command that no request has sent.
    #[must_use]
    pub fn deadline(&self) -> Deadline {
        Deadline::after(2 * self.batch_timeout)
    }

    /// Whether every lane accepts commands. A lane that has ended never does again.
    #[must_use]
    pub fn are_open(&self) -> bool {
        let mut handles = self.handles.iter();
        handles.all(|handle| !handle.queues.are_closed())
    }

    /// A SKU always has the same lane.
    fn handle(&self, sku: &Sku) -> &LaneHandle {
        let mut hasher = DefaultHasher::new();
        sku.hash(&mut hasher);
        let count = self.handles.len() as u64;
        let Ok(lane) = usize::try_from(hasher.finish() % count) else {
            unreachable!("the remainder is less than the number of lanes");
        };
        &self.handles[lane]
    }
}

#[cfg(test)]
mod tests {
    use fairhold_core::allocation::Expire;
    use tokio::time::Instant;

    use super::super::queues::Queues;
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(5);

    /// A lane that never receives a job, and its queues, which stay open until they are dropped.
    fn stuck() -> (Lanes, Queues) {
        let (senders, queues) = queues(1);
        let lanes = Lanes {
            handles: Arc::new([LaneHandle {
                queues: senders,
                depth: Arc::default(),
            }]),
            batch_timeout: TIMEOUT,
        };
        (lanes, queues)
    }

    fn expire() -> Expire {
        Expire {
            sku: Sku::parse("A").unwrap(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_command_that_does_not_start_in_the_first_half_of_its_time_is_refused() {
        let (lanes, _queues) = stuck();
        let began = Instant::now();
        let refused = lanes.submit(expire(), lanes.deadline()).await;
        assert_eq!(refused.unwrap_err(), SubmitError::Overloaded);
        assert_eq!(began.elapsed(), TIMEOUT);
    }

    #[tokio::test]
    async fn a_lane_that_has_ended_is_not_open() {
        let (lanes, queues) = stuck();
        assert!(lanes.are_open());
        drop(queues);
        assert!(!lanes.are_open());
    }

    #[tokio::test(start_paused = true)]
    async fn earlier_waits_of_a_request_count() {
        let (lanes, _queues) = stuck();
        let began = Instant::now();
        let deadline = lanes.deadline();
        tokio::time::sleep(TIMEOUT / 2).await;
        lanes.submit(expire(), deadline).await.unwrap_err();
        assert_eq!(began.elapsed(), TIMEOUT);
    }
}
