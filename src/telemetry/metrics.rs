//! All metrics. Names and units follow the conventions of Prometheus, which appends the unit and
//! `_total`; the attributes are few and bounded, and never name a SKU or a user.

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use opentelemetry::metrics::{Counter, Histogram, Meter};
use opentelemetry::{KeyValue, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Registry, TextEncoder};

use super::{TelemetryError, export};

/// Upper bounds of the parts of a histogram of times, in seconds.
const TIMES: [f64; 14] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Upper bounds of the parts of the histogram of batches, in commands.
const SIZES: [f64; 13] = [
    1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0,
];

static REGISTRY: OnceLock<Registry> = OnceLock::new();
static METRICS: OnceLock<Metrics> = OnceLock::new();

/// Has all metrics collected, for Prometheus and, where `endpoint` is set, for the OTLP server there.
pub(super) fn start(
    endpoint: Option<&str>,
    resource: Resource,
) -> Result<SdkMeterProvider, TelemetryError> {
    let registry = REGISTRY.get_or_init(Registry::new).clone();
    let prometheus = opentelemetry_prometheus::exporter()
        .with_registry(registry)
        .scope_info_enabled(false)
        .build()?;
    let provider = SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(prometheus);
    let provider = match endpoint {
        Some(endpoint) => provider.with_reader(export::metrics(endpoint)?),
        None => provider,
    };
    let provider = provider.build();
    global::set_meter_provider(provider.clone());
    Ok(provider)
}

/// All metrics in Prometheus's text format.
///
/// # Errors
/// When a metric breaks the rules of the format.
pub fn text() -> prometheus::Result<String> {
    let families = REGISTRY.get().map(Registry::gather);
    TextEncoder::new().encode_to_string(&families.unwrap_or_default())
}

/// The metrics of this process. They count nothing before telemetry is started.
#[must_use]
pub fn metrics() -> &'static Metrics {
    METRICS.get_or_init(|| {
        let metrics = Metrics::of(&meter());
        metrics.begin_at_zero();
        metrics
    })
}

/// What is counted and measured as it happens.
#[derive(Debug)]
pub struct Metrics {
    requests: Counter<u64>,
    request_time: Histogram<f64>,
    batch_size: Histogram<u64>,
    transaction_time: Histogram<f64>,
    lock_time: Histogram<f64>,
    failed_batches: Counter<u64>,
    holds: Counter<u64>,
    waitlist: Counter<u64>,
    refused: Counter<u64>,
    overloaded: Counter<u64>,
    limited: Counter<u64>,
}

/// An answer to a request.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The method that was asked with.
    pub method: Method,
    /// The pattern of the path that was asked for; `None` for one that is not served.
    pub route: Option<String>,
    /// What was answered.
    pub status: StatusCode,
    /// From the head of the request to that of the answer.
    pub took: Duration,
}

/// How the connections of a pool are used.
#[derive(Debug, Clone, Copy)]
pub struct PoolUse {
    /// Connections that somebody works with.
    pub busy: u64,
    /// Connections that wait for somebody.
    pub idle: u64,
    /// How many there may be.
    pub limit: u64,
}

/// How a lane is used.
#[derive(Debug, Clone, Copy)]
pub struct LaneUse {
    /// Commands that wait, those that were set aside among them.
    pub waiting: u64,
    /// How many may wait in the queue; one more is refused.
    pub limit: u64,
}

impl Metrics {
    fn of(meter: &Meter) -> Self {
        let times = |name, description| {
            let histogram = meter.f64_histogram(name).with_description(description);
            histogram
                .with_unit("s")
                .with_boundaries(TIMES.to_vec())
                .build()
        };
        let counter = |name, description| {
            let counter = meter.u64_counter(name);
            counter.with_description(description).build()
        };
        Self {
            requests: counter("fairhold.http.requests", "Requests, by what was answered."),
            request_time: times(
                "fairhold.http.request.duration",
                "Time from the head of a request to that of its answer.",
            ),
            batch_size: meter
                .u64_histogram("fairhold.batch.commands")
                .with_description("Commands that one transaction took.")
                .with_boundaries(SIZES.to_vec())
                .build(),
            transaction_time: times(
                "fairhold.transaction.duration",
                "Time of a lane's transaction, from its begin to its durable end.",
            ),
            lock_time: times(
                "fairhold.lock.wait.duration",
                "Time that a transaction, or a command that was set aside, waited for the rows of SKUs.",
            ),
            failed_batches: counter(
                "fairhold.batches.failed",
                "Transactions that did not come to their end, by cause, and looks that found rows locked.",
            ),
            holds: counter("fairhold.holds", "What became of holds, by event."),
            waitlist: counter("fairhold.waitlist.events", "Who joined and left waitlists."),
            refused: counter(
                "fairhold.oversell.refused",
                "Attempts to get more than there was, by the code of the problem.",
            ),
            overloaded: counter(
                "fairhold.overload.refused",
                "Commands that were refused because too much was waiting.",
            ),
            limited: counter(
                "fairhold.rate.limit.refused",
                "Requests that came too often, by the limit that they met.",
            ),
        }
    }

    /// Shows what is counted by event before the first has happened: a rate needs two figures.
    fn begin_at_zero(&self) {
        for event in ["made", "promoted", "confirmed", "cancelled", "expired"] {
            self.holds(event, 0);
        }
        for event in ["joined", "left"] {
            self.waitlist(event, 0);
        }
        for code in ["sold-out", "exceeds-total", "insufficient-stock"] {
            self.refused(code, 0);
        }
        for limit in ["user", "key", "address"] {
            count_each(&self.limited, "limit", limit, 0);
        }
        for cause in ["away", "locked", "panic", "refused", "timeout"] {
            count_each(&self.failed_batches, "cause", cause, 0);
        }
        self.overloaded.add(0, &[]);
    }

    /// Counts a request.
    pub fn answered(&self, answer: Answer) {
        let Answer {
            method,
            route,
            status,
            took,
        } = answer;
        let attributes = [
            KeyValue::new("method", known(&method)),
            KeyValue::new("route", route.unwrap_or_else(|| "unmatched".to_owned())),
            KeyValue::new("status", i64::from(status.as_u16())),
        ];
        self.requests.add(1, &attributes);
        self.request_time.record(took.as_secs_f64(), &attributes);
    }

    /// Counts a transaction that is durable.
    pub fn committed(&self, commands: usize, took: Duration) {
        self.batch_size.record(commands as u64, &[]);
        self.transaction_time.record(took.as_secs_f64(), &[]);
    }

    /// Counts a wait for the rows of SKUs, which may have been in vain.
    pub fn locked(&self, took: Duration) {
        self.lock_time.record(took.as_secs_f64(), &[]);
    }

    /// Counts a transaction that failed, or a look whether rows are free that found some locked.
    pub fn failed(&self, cause: &'static str) {
        count_each(&self.failed_batches, "cause", cause, 1);
    }

    /// Counts holds of which something became.
    pub fn holds(&self, event: &'static str, count: u64) {
        count_each(&self.holds, "event", event, count);
    }

    /// Counts those who joined or left waitlists.
    pub fn waitlist(&self, event: &'static str, count: u64) {
        count_each(&self.waitlist, "event", event, count);
    }

    /// Counts refusals of what would have been too much.
    pub fn refused(&self, code: &'static str, count: u64) {
        count_each(&self.refused, "code", code, count);
    }

    /// Counts a request that came too often.
    pub fn limited(&self, limit: &'static str) {
        count_each(&self.limited, "limit", limit, 1);
    }

    /// Counts a command that was refused because too much was waiting.
    pub fn overloaded(&self) {
        self.overloaded.add(1, &[]);
    }

    /// Has `read` asked, whenever the metrics are, how each lane is used.
    pub fn watch_lanes(&self, read: impl Fn() -> Vec<LaneUse> + Send + Sync + Clone + 'static) {
        watch_each_lane(
            "fairhold.lane.depth",
            "Commands that wait for their lane.",
            read.clone(),
            |lane| lane.waiting,
        );
        watch_each_lane(
            "fairhold.lane.limit",
            "Commands that may wait in the queue of their lane; one more is refused.",
            read,
            |lane| lane.limit,
        );
    }

    /// Has `read` asked, whenever the metrics are, how the connections for reading are used.
    pub fn watch_pool(&self, read: impl Fn() -> PoolUse + Send + Sync + 'static) {
        let meter = meter();
        let gauge = meter.u64_observable_gauge("fairhold.pool.connections");
        let gauge = gauge.with_description("Connections for reading, by state.");
        gauge
            .with_callback(move |observer| {
                let PoolUse { busy, idle, limit } = read();
                for (state, count) in [("busy", busy), ("idle", idle), ("limit", limit)] {
                    observer.observe(count, &[KeyValue::new("state", state)]);
                }
            })
            .build();
    }

    /// Has `read` asked, whenever the metrics are, for a figure that is sampled; `None`: there is
    /// none yet.
    pub fn watch_sample(
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
                if let Some(figure) = read() {
                    observer.observe(figure, &[]);
                }
            })
            .build();
    }
}

fn watch_each_lane(
    name: &'static str,
    description: &'static str,
    read: impl Fn() -> Vec<LaneUse> + Send + Sync + 'static,
    figure: fn(LaneUse) -> u64,
) {
    let meter = meter();
    let gauge = meter.u64_observable_gauge(name);
    gauge
        .with_description(description)
        .with_callback(move |observer| {
            for (lane, used) in read().into_iter().enumerate() {
                let lane = i64::try_from(lane).unwrap_or(i64::MAX);
                observer.observe(figure(used), &[KeyValue::new("lane", lane)]);
            }
        })
        .build();
}

fn meter() -> Meter {
    global::meter("fairhold")
}

fn count_each(counter: &Counter<u64>, name: &'static str, value: &'static str, count: u64) {
    counter.add(count, &[KeyValue::new(name, value)]);
}

/// The methods that are served by name; whoever makes others up gets no series of its own.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
