//! Counts and latencies of the responses to a load.

use std::time::Duration;

use hdrhistogram::Histogram;

pub(crate) struct Outcome {
    /// Successes: microseconds since the request was due.
    pub(crate) latencies: Histogram<u64>,
    /// Refusals: microseconds since the request was due.
    pub(crate) refusals: Histogram<u64>,
    /// Refusals: microseconds since the request was sent.
    pub(crate) sent_refusals: Histogram<u64>,
    pub(crate) succeeded: u64,
    /// Responses with status 503.
    pub(crate) refused: u64,
    /// All other responses, and broken connections.
    pub(crate) failed: u64,
    pub(crate) took: Duration,
}

impl Outcome {
    pub(crate) fn new() -> Self {
        Self {
            latencies: histogram(),
            refusals: histogram(),
            sent_refusals: histogram(),
            succeeded: 0,
            refused: 0,
            failed: 0,
            took: Duration::ZERO,
        }
    }

    /// Successes per second.
    pub(crate) fn rate(&self) -> f64 {
        number(self.succeeded) / self.took.as_secs_f64()
    }

    /// Counts a response, with the time since its request was due and since it was sent.
    pub(crate) fn count(&mut self, status: Option<u16>, since_due: Duration, since_sent: Duration) {
        match status {
            Some(200..300) => {
                self.succeeded += 1;
                self.latencies.saturating_record(micros(since_due));
            }
            Some(503) => {
                self.refused += 1;
                self.refusals.saturating_record(micros(since_due));
                self.sent_refusals.saturating_record(micros(since_sent));
            }
            Some(_) | None => self.failed += 1,
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.succeeded += other.succeeded;
        self.refused += other.refused;
        self.failed += other.failed;
        self.latencies += &other.latencies;
        self.refusals += &other.refusals;
        self.sent_refusals += &other.sent_refusals;
    }
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 120_000_000, 3).expect("the bounds are valid")
}

fn micros(latency: Duration) -> u64 {
    u64::try_from(latency.as_micros()).unwrap_or(u64::MAX)
}

/// A quantile in milliseconds.
pub(crate) fn millis(latencies: &Histogram<u64>, share: f64) -> f64 {
    number(latencies.value_at_quantile(share)) / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub(crate) fn number(count: u64) -> f64 {
    count as f64
}
