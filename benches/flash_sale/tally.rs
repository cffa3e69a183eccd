//! The count that all clients of a load share.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::outcome::Outcome;

/// Few, since a histogram is large: one for each of thousands of clients would cost more than the
/// load itself. Enough that no two clients wait for each other.
const PARTS: usize = 16;

/// An outcome in parts.
pub(crate) struct Tally(Vec<Mutex<Outcome>>);

impl Tally {
    pub(crate) fn new() -> Arc<Self> {
        let part = || Mutex::new(Outcome::new());
        Arc::new(Self((0..PARTS).map(|_| part()).collect()))
    }

    /// Counts for the client of that number as [`Outcome::count`] does.
    pub(crate) fn count(
        &self,
        client: usize,
        status: Option<u16>,
        since_due: Duration,
        since_sent: Duration,
    ) {
        let part = self.0[client % PARTS].lock();
        let mut part = part.expect("nobody panics while counting");
        part.count(status, since_due, since_sent);
    }

    /// What was counted in a time of that length.
    pub(crate) fn total(&self, took: Duration) -> Outcome {
        let mut total = Outcome::new();
        for part in &self.0 {
            total.add(&part.lock().expect("nobody panics while counting"));
        }
        total.took = took;
        total
    }
}
