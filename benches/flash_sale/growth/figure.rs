//! A figure of growth: how long a call takes when there is little, and when there is much.

use std::time::Duration;

use serde::Serialize;

/// One kind of call.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Growth {
    pub(crate) what: &'static str,
    pub(crate) small: Side,
    pub(crate) large: Side,
    /// Of the medians.
    pub(crate) ratio: f64,
}

/// One of the two. Latencies in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Side {
    /// How much of what there is.
    pub(crate) of: String,
    p50: f64,
    p99: f64,
}

impl Growth {
    pub(crate) const HEAD: [&str; 8] = [
        "call", "little", "much", "p50 ms", "p99 ms", "p50 ms", "p99 ms", "ratio",
    ];

    pub(super) fn new(what: &'static str, small: Side, large: Side) -> Self {
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
            small.of.clone(),
            large.of.clone(),
            format!("{:.2}", small.p50),
            format!("{:.2}", small.p99),
            format!("{:.2}", large.p50),
            format!("{:.2}", large.p99),
            format!("{:.2}", self.ratio),
        ]
    }
}

impl Side {
    pub(super) fn new(of: &str, mut latencies: Vec<Duration>) -> Self {
        latencies.sort();
        let millis = |percent: usize| {
            let latency = latencies.get(latencies.len() * percent / 100);
            latency.map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
        };
        Self {
            of: of.to_owned(),
            p50: millis(50),
            p99: millis(99),
        }
    }
}
