//! Gauges, whose values are read whenever the metrics are exported.

use opentelemetry::KeyValue;

use super::{Metrics, meter};

/// How the connections of a pool are used.
#[derive(Debug, Clone, Copy)]
pub struct PoolUsage {
    /// Connections in use.
    pub busy: u64,
    /// Open connections not in use.
    pub idle: u64,
    /// The maximum number of connections.
    pub limit: u64,
}

/// How full a lane is.
#[derive(Debug, Clone, Copy)]
pub struct LaneUsage {
    /// Waiting commands, including parked ones, which don't count against the limit.
    pub waiting: u64,
    /// The maximum length of the queue.
    pub limit: u64,
}

impl Metrics {
    /// Registers the depth and limit of each lane.
    pub fn register_lane_gauges(
        &self,
        read: impl Fn() -> Vec<LaneUsage> + Send + Sync + Clone + 'static,
    ) {
        register_lane_gauge(
            "fairhold.lane.depth",
            "Commands waiting for their lane.",
            read.clone(),
            |lane| lane.waiting,
        );
        register_lane_gauge(
            "fairhold.lane.limit",
            "Maximum number of commands in the queue of a lane.",
            read,
            |lane| lane.limit,
        );
    }

    /// Registers the usage of the pool for reads.
    pub fn register_pool_gauge(&self, read: impl Fn() -> PoolUsage + Send + Sync + 'static) {
        let meter = meter();
        let gauge = meter.u64_observable_gauge("fairhold.pool.connections");
        let gauge = gauge.with_description("Database connections for reads, by state.");
        gauge
            .with_callback(move |observer| {
                let PoolUsage { busy, idle, limit } = read();
                for (state, count) in [("busy", busy), ("idle", idle), ("limit", limit)] {
                    observer.observe(count, &[KeyValue::new("state", state)]);
                }
            })
            .build();
    }

    /// Registers a sampled value. It is not exported while `read` returns `None`.
    pub fn register_sample_gauge(
        &self,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        read: impl Fn() -> Option<f64> + Send + Sync + 'static,
    ) {
        let meter = meter();
        let gauge = meter.f64_observable_gauge(name).with_unit(unit);
        let gauge = gauge.with_description(description);
        gauge
            .with_callback(move |observer| {
                if let Some(value) = read() {
                    observer.observe(value, &[]);
                }
            })
            .build();
    }
}

fn register_lane_gauge(
    name: &'static str,
    description: &'static str,
    read: impl Fn() -> Vec<LaneUsage> + Send + Sync + 'static,
    value: fn(LaneUsage) -> u64,
) {
    let meter = meter();
    let gauge = meter.u64_observable_gauge(name);
    gauge
        .with_description(description)
        .with_callback(move |observer| {
            for (lane, usage) in read().into_iter().enumerate() {
                let lane = i64::try_from(lane).unwrap_or(i64::MAX);
                observer.observe(value(usage), &[KeyValue::new("lane", lane)]);
            }
        })
        .build();
}
