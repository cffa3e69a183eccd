//! Jobs that wait because another transaction keeps their SKU's row locked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use fairhold_core::ids::Sku;
use tokio::time::Instant;

use super::job::Job;
use crate::telemetry::metrics;

/// The waiting jobs of each locked SKU, in their order. The lane serves other SKUs meanwhile.
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
        metrics().locked(now.duration_since(self.since));
        self.job
    }
}

impl LockedSkus {
    pub(super) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// The number of waiting jobs.
    pub(super) fn len(&self) -> usize {
        self.jobs.values().map(VecDeque::len).sum()
    }

    pub(super) fn skus(&self) -> BTreeSet<Sku> {
        self.jobs.keys().cloned().collect()
    }

    /// Takes the jobs of SKUs that have waiting jobs already, so that none overtakes those, and
    /// returns the others.
    pub(super) fn queue_behind(&mut self, batch: Vec<Job>) -> Vec<Job> {
        let skus = self.skus();
        self.take(batch, &skus)
    }

    /// Takes the jobs of `locked` SKUs and returns the others.
    pub(super) fn take(&mut self, batch: Vec<Job>, locked: &BTreeSet<Sku>) -> Vec<Job> {
        let (waiting, others) = batch
            .into_iter()
            .partition::<Vec<_>, _>(|job| locked.contains(job.command.sku()));
        let since = Instant::now();
        for job in waiting {
            let sku = job.command.sku().clone();
            let jobs = self.jobs.entry(sku).or_default();
            jobs.push_back(WaitingJob { job, since });
        }
        others
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
        for _ in limit..self.len() {
            let longest = self.jobs.values_mut().max_by_key(|jobs| jobs.len());
            evicted.extend(longest.and_then(VecDeque::pop_back));
        }
        for jobs in self.jobs.values_mut() {
            while jobs.front().is_some_and(|w| w.job.is_overdue_at(now)) {
                evicted.extend(jobs.pop_front());
            }
        }
        self.jobs.retain(|_, jobs| !jobs.is_empty());
        evicted
            .into_iter()
            .map(|waiting| waiting.end_wait(now))
            .collect()
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
        assert_eq!(locked.len(), 4);
    }
}
