//! Jobs that are set aside because somebody outside keeps their SKU's row locked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use tokio::time::Instant;

use super::job::Job;
use crate::inventory::Sku;
use crate::telemetry::metrics;

/// The jobs of SKUs that are locked, each SKU's in their order, so that the others of the lane
/// are served meanwhile.
#[derive(Debug, Default)]
pub(super) struct Aside {
    jobs: BTreeMap<Sku, VecDeque<Waiting>>,
}

/// A job that waits for its SKU's row.
#[derive(Debug)]
struct Waiting {
    job: Job,
    since: Instant,
}

impl Waiting {
    /// The job, whose wait is over at `now`.
    fn end(self, now: Instant) -> Job {
        metrics().lock_waited(now.duration_since(self.since));
        self.job
    }
}

impl Aside {
    pub(super) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// How many jobs there are.
    pub(super) fn len(&self) -> usize {
        self.jobs.values().map(VecDeque::len).sum()
    }

    /// The SKUs whose jobs are here.
    pub(super) fn skus(&self) -> BTreeSet<Sku> {
        self.jobs.keys().cloned().collect()
    }

    /// Takes the jobs of `locked` SKUs, which wait from now on, and returns the others.
    pub(super) fn sift(&mut self, batch: Vec<Job>, locked: &BTreeSet<Sku>) -> Vec<Job> {
        let (aside, others) = batch
            .into_iter()
            .partition::<Vec<_>, _>(|job| locked.contains(job.command.sku()));
        let since = Instant::now();
        for job in aside {
            let sku = job.command.sku().clone();
            let jobs = self.jobs.entry(sku).or_default();
            jobs.push_back(Waiting { job, since });
        }
        others
    }

    /// Gives back the jobs of all SKUs but those that are still `locked`.
    pub(super) fn release(&mut self, locked: &BTreeSet<Sku>) -> Vec<Job> {
        let free = self.jobs.extract_if(.., |sku, _| !locked.contains(sku));
        let now = Instant::now();
        free.flat_map(|(_, jobs)| jobs)
            .map(|waiting| waiting.end(now))
            .collect()
    }

    /// Gives back the jobs that have waited long enough: those that are overdue at `now`, and, of
    /// those that are more than `room`, the latest of whichever SKU has the most.
    pub(super) fn give_up(&mut self, now: Instant, room: usize) -> Vec<Job> {
        let mut given_up = Vec::new();
        for _ in room..self.len() {
            let longest = self.jobs.values_mut().max_by_key(|jobs| jobs.len());
            given_up.extend(longest.and_then(VecDeque::pop_back));
        }
        for jobs in self.jobs.values_mut() {
            while jobs.front().is_some_and(|w| w.job.is_overdue_at(now)) {
                given_up.extend(jobs.pop_front());
            }
        }
        self.jobs.retain(|_, jobs| !jobs.is_empty());
        given_up
            .into_iter()
            .map(|waiting| waiting.end(now))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::{Command, Expire};

    fn jobs(name: &str, count: usize) -> Vec<Job> {
        let sku = Sku::parse(name).unwrap();
        let end = Instant::now();
        let job = |_| Job::new(Command::Expire(Expire { sku: sku.clone() }), end).0;
        (0..count).map(job).collect()
    }

    #[test]
    fn the_longest_queue_gives_up_when_there_are_too_many() {
        let mut aside = Aside::default();
        let all = [jobs("A", 2), jobs("Z", 5)].into_iter().flatten().collect();
        let locked = ["A", "Z"].map(|name| Sku::parse(name).unwrap());
        let others = aside.sift(all, &BTreeSet::from(locked));
        assert!(others.is_empty());
        let given_up = aside.give_up(Instant::now(), 4);
        let skus: Vec<_> = given_up
            .iter()
            .map(|job| job.command.sku().as_str())
            .collect();
        assert_eq!(skus, ["Z", "Z", "Z"]);
        assert_eq!(aside.len(), 4);
    }
}
