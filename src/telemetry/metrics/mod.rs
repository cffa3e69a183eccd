//! Counters and histograms. The Prometheus exporter appends the unit and `_total` to their names.
//! Attributes have few possible values, and never contain a SKU or a user.

mod gauges;

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use opentelemetry::metrics::{Counter, Histogram, Meter};
use opentelemetry::{KeyValue, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Registry, TextEncoder};

pub use self::gauges::{LaneUsage, PoolUsage};
use super::error::TelemetryError;
use super::otlp;

/// Bucket boundaries for durations, in seconds.
const DURATION_BUCKETS: [f64; 14] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Bucket boundaries for batch sizes, in commands.
const SIZE_BUCKETS: [f64; 13] = [
    1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0,
];

static REGISTRY: OnceLock<Registry> = OnceLock::new();
static METRICS: OnceLock<Metrics> = OnceLock::new();

/// Starts the collection of metrics, for Prometheus and, if set, for the OTLP server at `endpoint`.
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
        Some(endpoint) => provider.with_reader(otlp::metrics_reader(endpoint)?),
        None => provider,
    };
    let provider = provider.build();
    global::set_meter_provider(provider.clone());
    Ok(provider)
}

/// All metrics in Prometheus's text format.
///
/// # Errors
/// When a metric's name or labels are not valid in the format.
pub fn prometheus_text() -> prometheus::Result<String> {
    let families = REGISTRY.get().map(Registry::gather);
    TextEncoder::new().encode_to_string(&families.unwrap_or_default())
}

/// The metrics of this process. They record nothing before telemetry is started.
#[must_use]
pub fn metrics() -> &'static Metrics {
    METRICS.get_or_init(|| {
        let metrics = Metrics::of(&meter());
        metrics.start_at_zero();
        metrics
    })
}

/// Metrics recorded as events happen.
#[derive(Debug)]
pub struct Metrics {
    requests: Counter<u64>,
    request_duration: Histogram<f64>,
    batch_size: Histogram<u64>,
    transaction_duration: Histogram<f64>,
    lock_wait: Histogram<f64>,
    failed_batches: Counter<u64>,
    holds: Counter<u64>,
    waitlist: Counter<u64>,
    refused: Counter<u64>,
    overloaded: Counter<u64>,
    limited: Counter<u64>,
}

/// A response to a request.
#[derive(Debug, Clone)]
pub struct HttpResponse {
    pub method: Method,
    /// The path pattern of the route; `None` if no route matched.
    pub route: Option<String>,
    pub status: StatusCode,
    /// Time from the request's head to the response's.
    pub duration: Duration,
}

impl Metrics {
    fn of(meter: &Meter) -> Self {
        let durations = |name, description| {
            let histogram = meter.f64_histogram(name).with_description(description);
            histogram
                .with_unit("s")
                .with_boundaries(DURATION_BUCKETS.to_vec())
                .build()
        };
        let counter = |name, description| {
            let counter = meter.u64_counter(name);
            counter.with_description(description).build()
        };
        Self {
            requests: counter(
                "fairhold.http.requests",
                "Requests, by method, route and status.",
            ),
            request_duration: durations(
                "fairhold.http.request.duration",
                "Time from a request's head to its response's head.",
            ),
            batch_size: meter
                .u64_histogram("fairhold.batch.commands")
                .with_description("Commands in one transaction.")
                .with_boundaries(SIZE_BUCKETS.to_vec())
                .build(),
            transaction_duration: durations(
                "fairhold.transaction.duration",
                "Duration of a lane's transaction, from begin to durable commit.",
            ),
            lock_wait: durations(
                "fairhold.lock.wait.duration",
                "Time that a transaction or a parked command waited for locks on SKU rows.",
            ),
            failed_batches: counter(
                "fairhold.batches.failed",
                "Transactions that failed, and lock attempts that found rows locked, by cause.",
            ),
            holds: counter("fairhold.holds", "Holds, by event."),
            waitlist: counter(
                "fairhold.waitlist.events",
                "Reservations that joined or left a waitlist.",
            ),
            refused: counter(
                "fairhold.oversell.refused",
                "Requests refused for lack of stock, by problem code.",
            ),
            overloaded: counter(
                "fairhold.overload.refused",
                "Commands refused because the server was overloaded.",
            ),
            limited: counter(
                "fairhold.rate.limit.refused",
                "Requests rejected by a rate limit, by limit.",
            ),
        }
    }

    /// Exports each series as 0 before its first event, so that a rate sees the first increase.
    fn start_at_zero(&self) {
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

    pub fn responded(&self, response: HttpResponse) {
        let HttpResponse {
            method,
            route,
            status,
            duration,
        } = response;
        let attributes = [
            KeyValue::new("method", method_label(&method)),
            KeyValue::new("route", route.unwrap_or_else(|| "unmatched".to_owned())),
            KeyValue::new("status", i64::from(status.as_u16())),
        ];
        self.requests.add(1, &attributes);
        self.request_duration
            .record(duration.as_secs_f64(), &attributes);
    }

    /// Records a transaction that is durable.
    pub fn committed(&self, commands: usize, duration: Duration) {
        self.batch_size.record(commands as u64, &[]);
        self.transaction_duration
            .record(duration.as_secs_f64(), &[]);
    }

    /// Records a wait for row locks, whether or not it got them.
    pub fn lock_waited(&self, duration: Duration) {
        self.lock_wait.record(duration.as_secs_f64(), &[]);
    }

    /// Counts a failed transaction, or a lock attempt that found rows locked.
    pub fn failed(&self, cause: &'static str) {
        count_each(&self.failed_batches, "cause", cause, 1);
    }

    pub fn holds(&self, event: &'static str, count: u64) {
        count_each(&self.holds, "event", event, count);
    }

    pub fn waitlist(&self, event: &'static str, count: u64) {
        count_each(&self.waitlist, "event", event, count);
    }

    /// Counts requests refused for lack of stock.
    pub fn refused(&self, code: &'static str, count: u64) {
        count_each(&self.refused, "code", code, count);
    }

    /// Counts a request rejected by a rate limit.
    pub fn limited(&self, limit: &'static str) {
        count_each(&self.limited, "limit", limit, 1);
    }

    pub fn overloaded(&self) {
        self.overloaded.add(1, &[]);
    }
}

fn meter() -> Meter {
    global::meter("fairhold")
}

fn count_each(counter: &Counter<u64>, name: &'static str, value: &'static str, count: u64) {
    counter.add(count, &[KeyValue::new(name, value)]);
}

/// Unknown methods share one label, so that clients can't create series.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
