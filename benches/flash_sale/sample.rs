//! One measurement: latencies, throughput and resource usage.

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::outcome::{Outcome, millis, number};
use crate::resource_usage::ResourceUsage;

/// One measurement, or the median of several. Latencies in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sample {
    pub(crate) requests_per_second: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
    /// Share of responses with status 503.
    pub(crate) refused_share: f64,
    /// Since they were due.
    pub(crate) refused_p99: f64,
    /// Since they were sent.
    pub(crate) refused_sent_p99: f64,
    pub(crate) failed: u64,
    /// Requests per transaction.
    pub(crate) batch: f64,
    pub(crate) server_micros: f64,
    pub(crate) database_micros: f64,
    /// Per response, including refusals.
    pub(crate) load_micros: f64,
    /// Share of the cores not used by server, database and load.
    pub(crate) idle_share: f64,
    pub(crate) wal_bytes: f64,
    /// Zero if not measured.
    pub(crate) fsyncs: f64,
}

impl Sample {
    pub(crate) fn of(outcome: &Outcome, used: ResourceUsage) -> Self {
        let done = number(outcome.succeeded.max(1));
        let refused = number(outcome.refused);
        let quantile = |latencies: &Histogram<u64>, share| {
            if latencies.is_empty() {
                0.0
            } else {
                millis(latencies, share)
            }
        };
        Self {
            requests_per_second: outcome.rate(),
            p50: quantile(&outcome.latencies, 0.5),
            p99: quantile(&outcome.latencies, 0.99),
            p999: quantile(&outcome.latencies, 0.999),
            refused_share: refused / (done + refused),
            refused_p99: quantile(&outcome.refusals, 0.99),
            refused_sent_p99: quantile(&outcome.sent_refusals, 0.99),
            failed: outcome.failed,
            batch: done / used.commits.max(1.0),
            server_micros: used.server / done * 1e6,
            database_micros: used.database / done * 1e6,
            load_micros: used.load / (done + refused) * 1e6,
            idle_share: 1.0 - used.processors() / (outcome.took.as_secs_f64() * cores()),
            wal_bytes: used.wal_bytes / done,
            fsyncs: 0.0,
        }
    }

    /// The median of each value separately; failures are summed.
    pub(crate) fn median(samples: &[Self]) -> Self {
        let of = |value: fn(&Self) -> f64| median(samples.iter().map(value).collect());
        Self {
            requests_per_second: of(|s| s.requests_per_second),
            p50: of(|s| s.p50),
            p99: of(|s| s.p99),
            p999: of(|s| s.p999),
            refused_share: of(|s| s.refused_share),
            refused_p99: of(|s| s.refused_p99),
            refused_sent_p99: of(|s| s.refused_sent_p99),
            failed: samples.iter().map(|s| s.failed).sum(),
            batch: of(|s| s.batch),
            server_micros: of(|s| s.server_micros),
            database_micros: of(|s| s.database_micros),
            load_micros: of(|s| s.load_micros),
            idle_share: of(|s| s.idle_share),
            wal_bytes: of(|s| s.wal_bytes),
            fsyncs: of(|s| s.fsyncs),
        }
    }
}

fn cores() -> f64 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    f64::from(u32::try_from(cores).unwrap_or(u32::MAX))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
