//! What was done, what was found, and the verdict.

use std::io::Write;
use std::time::Duration;

use crate::faults::Fault;

/// Among so many faults in a row there are kills and cuts, wherever the seed begins.
const ENOUGH: usize = 9;

#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) rounds: usize,
    pub(crate) faults: usize,
    pub(crate) calls: usize,
    pub(crate) unknown: usize,
    pub(crate) kills: usize,
    pub(crate) cuts: usize,
    pub(crate) restarts: usize,
    /// Traps that nothing went into, and that were set again.
    pub(crate) misses: usize,
    /// The longest time until the service was back, and after what.
    worst: Option<(Duration, Fault)>,
    pub(crate) breaches: Vec<String>,
}

impl Tally {
    pub(crate) fn was_back(&mut self, fault: Fault, after: Duration, within: Duration) {
        if self.worst.is_none_or(|(worst, _)| worst < after) {
            self.worst = Some((after, fault));
        }
        if after > within {
            let breach = format!("after {fault:?} the service was back only after {after:?}");
            self.breaches.push(breach);
        }
    }

    /// That it was torture: what was not done, or not answered, has shown nothing.
    pub(crate) fn ensure_enough(&mut self) {
        let many = self.faults >= ENOUGH;
        for (done, what) in [
            (self.calls > self.unknown, "call was answered"),
            (self.kills > 0 || !many, "process was killed"),
            (self.cuts > 0 || !many, "connection was cut"),
        ] {
            if !done {
                self.breaches.push(format!("no {what}"));
            }
        }
    }

    /// Prints all. Returns whether every rule held.
    pub(crate) fn tell(&self, seed: u64, within: Duration) -> bool {
        let Self {
            rounds,
            faults,
            calls,
            unknown,
            kills,
            cuts,
            restarts,
            misses,
            worst,
            breaches,
        } = self;
        for breach in breaches {
            say(&format!("BROKEN: {breach}"));
        }
        say(&format!(
            "seed {seed}: {rounds} rounds, {calls} calls, {unknown} with an unknown outcome, \
             {faults} faults, {kills} kills, {cuts} cuts, {restarts} restarts by hand, \
             {misses} traps set again"
        ));
        if let Some((worst, fault)) = worst {
            let worst = worst.as_secs_f64();
            say(&format!(
                "back after {worst:.1} s at worst ({fault:?}), {} s allowed",
                within.as_secs()
            ));
        }
        let verdict = if breaches.is_empty() {
            "every rule held".to_owned()
        } else {
            format!("{} rules or histories were broken", breaches.len())
        };
        say(&format!("verdict: {verdict}"));
        breaches.is_empty()
    }
}

/// Prints a line for whoever ran this.
pub(crate) fn say(line: &str) {
    // The verdict matters more than that somebody reads it.
    let _ = writeln!(std::io::stdout(), "{line}");
}
