//! Jobs that wait because another transaction keeps their SKU's row locked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use fairhold_core::ids::Sku;
use tokio::time::Instant;

use super::job::Job;
use crate::telemetry::metrics;

/// How many SKUs without waiting jobs are remembered.
const MAX_IDLE: usize = 1_024;

/// The locked SKUs, each with its waiting jobs in their order. The lane serves other SKUs meanwhile.
///
/// A SKU is remembered until its row is seen to be free, also when no job waits for it: otherwise
/// its next command would make the lane wait for the lock again.
#[derive(Debug, Default)]
pub(super) struct LockedSkus {
    jobs: BTreeMap<Sku, VecDeque<WaitingJob>>,
}

#[derive(Debug)]
struct WaitingJob {
    job: Job,
    since: Instant,
}

impl WaitingJob {
    fn end_wait(self, now: Instant) -> Job {
        metrics().lock_waited(now.duration_since(self.since));
        self.job
    }
}

impl LockedSkus {
    /// Whether no SKU is known to be locked.
    pub(super) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// Whether further locked SKUs would be forgotten.
    pub(super) fn is_full(&self) -> bool {
        self.jobs.len() >= MAX_IDLE
    }

    /// The number of waiting jobs.
    pub(super) fn waiting(&self) -> usize {
        self.jobs.values().map(VecDeque::len).sum()
    }

    pub(super) fn skus(&self) -> BTreeSet<Sku> {
        self.jobs.keys().cloned().collect()
    }

    /// Takes the jobs of SKUs that are known to be locked, and returns the others.
    pub(super) fn queue_behind(&mut self, batch: Vec<Job>) -> Vec<Job> {
        let since = Instant::now();
        let mut others = Vec::with_capacity(batch.len());
        for job in batch {
            match self.jobs.get_mut(job.command.sku()) {
                Some(jobs) => jobs.push_back(WaitingJob { job, since }),
                None => others.push(job),
            }
        }
        others
    }

    /// Remembers `locked` SKUs, takes their jobs, and returns the others.
    pub(super) fn take(&mut self, batch: Vec<Job>, locked: &BTreeSet<Sku>) -> Vec<Job> {
        for sku in locked {
            self.jobs.entry(sku.clone()).or_default();
        }
        self.queue_behind(batch)
    }

    /// Returns the jobs of all SKUs that are no longer `locked`.
    pub(super) fn release(&mut self, locked: &BTreeSet<Sku>) -> Vec<Job> {
        let free = self.jobs.extract_if(.., |sku, _| !locked.contains(sku));
        let now = Instant::now();
        free.flat_map(|(_, jobs)| jobs)
            .map(|waiting| waiting.end_wait(now))
            .collect()
    }

    /// Returns the jobs that have waited too long: those overdue at `now` and, if there are more
    /// than `limit`, the latest of whichever SKU has the most.
    pub(super) fn evict(&mut self, now: Instant, limit: usize) -> Vec<Job> {
        let mut evicted = Vec::new();
        for _ in limit..self.waiting() {
            let longest = self.jobs.values_mut().max_by_key(|jobs| jobs.len());
            evicted.extend(longest.and_then(VecDeque::pop_back));
        }
        for jobs in self.jobs.values_mut() {
            while jobs.front().is_some_and(|w| w.job.is_overdue_at(now)) {
                evicted.extend(jobs.pop_front());
            }
        }
        self.forget_idle();
        evicted
            .into_iter()
            .map(|waiting| waiting.end_wait(now))
            .collect()
    }

    /// Forgets SKUs without waiting jobs beyond those that there is room for.
    fn forget_idle(&mut self) {
        let mut idle = 0;
        self.jobs.retain(|_, jobs| {
            idle += usize::from(jobs.is_empty());
            !jobs.is_empty() || idle <= MAX_IDLE
        });
    }
}

#[cfg(test)]
mod tests {
    use fairhold_core::allocation::{Command, Expire};

    use super::*;

    fn jobs(name: &str, count: usize) -> Vec<Job> {
        let sku = Sku::parse(name).unwrap();
        let end = Instant::now();
        let job = |_| Job::new(Command::Expire(Expire { sku: sku.clone() }), end).0;
        (0..count).map(job).collect()
    }

    #[test]
    fn the_longest_queue_loses_jobs_when_there_are_too_many() {
        let mut locked = LockedSkus::default();
        let all = [jobs("A", 2), jobs("Z", 5)].into_iter().flatten().collect();
        let skus = ["A", "Z"].map(|name| Sku::parse(name).unwrap());
        let others = locked.take(all, &BTreeSet::from(skus));
        assert!(others.is_empty());
        let evicted = locked.evict(Instant::now(), 4);
        let skus: Vec<_> = evicted
            .iter()
            .map(|job| job.command.sku().as_str())
            .collect();
        assert_eq!(skus, ["Z", "Z", "Z"]);
        assert_eq!(locked.waiting(), 4);
    }

    #[test]
    fn a_locked_sku_is_remembered_after_its_jobs_until_it_is_free() {
        let mut locked = LockedSkus::default();
        let sku = BTreeSet::from([Sku::parse("A").unwrap()]);
        assert!(locked.take(jobs("A", 1), &sku).is_empty());
        assert_eq!(locked.evict(Instant::now(), 0).len(), 1);
        assert!(locked.release(&sku).is_empty());
        assert!(locked.queue_behind(jobs("A", 1)).is_empty());
        assert_eq!(locked.release(&BTreeSet::new()).len(), 1);
        assert_eq!(locked.queue_behind(jobs("A", 1)).len(), 1);
    }

    #[test]
    fn the_number_of_remembered_skus_is_bounded() {
        let mut locked = LockedSkus::default();
        let skus = (0..2 * MAX_IDLE).map(|n| Sku::parse(&format!("S{n}")).unwrap());
        locked.take(jobs("A", 1), &skus.collect());
        assert!(locked.is_full());
        locked.evict(Instant::now(), 1);
        assert_eq!(locked.skus().len(), MAX_IDLE);
    }
}
