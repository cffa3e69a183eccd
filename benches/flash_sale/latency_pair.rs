//! The latency of one call with small and with large tables.

use std::time::Duration;

use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct LatencyPair {
    pub(crate) what: &'static str,
    pub(crate) small: Side,
    pub(crate) large: Side,
    /// Ratio of the medians.
    pub(crate) ratio: f64,
}

/// Latencies in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Side {
    /// What the tables contain.
    pub(crate) contents: String,
    p50: f64,
    p99: f64,
}

impl LatencyPair {
    pub(crate) const HEADINGS: [&str; 8] = [
        "call", "small", "large", "p50 ms", "p99 ms", "p50 ms", "p99 ms", "ratio",
    ];

    pub(crate) fn new(what: &'static str, small: Side, large: Side) -> Self {
        Self {
            ratio: large.p50 / small.p50,
            what,
            small,
            large,
        }
    }

    pub(crate) fn cells(&self) -> [String; 8] {
        let (small, large) = (&self.small, &self.large);
        [
            self.what.to_owned(),
            small.contents.clone(),
            large.contents.clone(),
            format!("{:.2}", small.p50),
            format!("{:.2}", small.p99),
            format!("{:.2}", large.p50),
            format!("{:.2}", large.p99),
            format!("{:.2}", self.ratio),
        ]
    }
}

impl Side {
    pub(crate) fn new(contents: &str, mut latencies: Vec<Duration>) -> Self {
        latencies.sort();
        let millis = |percent: usize| {
            let latency = latencies.get(latencies.len() * percent / 100);
            latency.map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
        };
        Self {
            contents: contents.to_owned(),
            p50: millis(50),
            p99: millis(99),
        }
    }
}
