//! Logs, metrics and traces.

mod error;
mod logs;
mod metrics;
mod otlp;
mod panics;
pub mod traces;

use std::env;
use std::fmt::Display;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry::{Key, KeyValue, Value, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::resource::{EnvResourceDetector, ResourceDetector};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::Targets;

pub use self::error::TelemetryError;
pub(crate) use self::logs::DATABASE_NOTICES;
pub use self::logs::LogFormat;
pub use self::metrics::{HttpResponse, LaneUsage, Metrics, PoolUsage, metrics, prometheus_text};

/// Time limit for sending the last metrics and spans when the process ends.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// Running telemetry. Call [`stop`](Self::stop) when the process ends.
#[derive(Debug)]
pub struct Telemetry {
    metrics: SdkMeterProvider,
    traces: Option<SdkTracerProvider>,
}

/// Starts logs and metrics and, with an `endpoint`, exports metrics and traces there by OTLP, unless
/// `OTEL_SDK_DISABLED` is true. Call it once, before anything else here, and outside of any runtime.
///
/// # Errors
/// When an exporter can't be created.
pub fn start(
    filter: &Targets,
    format: LogFormat,
    endpoint: Option<&str>,
) -> Result<Telemetry, TelemetryError> {
    global::set_text_map_propagator(TraceContextPropagator::new());
    let endpoint = endpoint.filter(|_| !is_disabled());
    let resource = resource();
    let traces = endpoint.map(|endpoint| otlp::tracer_provider(endpoint, resource.clone()));
    let traces = traces.transpose()?;
    logs::install(filter, format, traces.as_ref());
    panics::install_hook();
    let metrics = metrics::start(endpoint, resource)?;
    Ok(Telemetry { metrics, traces })
}

impl Telemetry {
    /// Sends the remaining metrics and spans, in parallel and for at most 2 s, so that an unresponsive
    /// collector does not delay the exit.
    pub fn stop(self) {
        let Self { metrics, traces } = self;
        let deadline = Instant::now() + SHUTDOWN_TIMEOUT;
        let (sender, results) = mpsc::channel();
        in_thread(&sender, move || {
            metrics.shutdown_with_timeout(SHUTDOWN_TIMEOUT)
        });
        if let Some(traces) = traces {
            in_thread(&sender, move || {
                traces.shutdown_with_timeout(SHUTDOWN_TIMEOUT)
            });
        }
        drop(sender);
        loop {
            match results.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Ok(())) => {}
                Ok(Err(error)) => log_unsent(&error),
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    return log_unsent(&OTelSdkError::Timeout(SHUTDOWN_TIMEOUT));
                }
            }
        }
    }
}

/// Runs `shutdown` in a thread that ends with the process, since not every exporter obeys its timeout.
fn in_thread(
    sender: &Sender<OTelSdkResult>,
    shutdown: impl FnOnce() -> OTelSdkResult + Send + 'static,
) {
    let sender = sender.clone();
    // Sending fails only after the timeout.
    let thread = thread::Builder::new().spawn(move || sender.send(shutdown()).ok());
    if let Err(error) = thread {
        log_unsent(&error);
    }
}

fn log_unsent(error: &dyn Display) {
    tracing::warn!(%error, "some metrics or traces could not be sent before the exit");
}

/// The resource that all metrics and spans belong to. Its name is `OTEL_SERVICE_NAME`, else the
/// `service.name` in `OTEL_RESOURCE_ATTRIBUTES`, else "fairhold".
fn resource() -> Resource {
    let name = env::var("OTEL_SERVICE_NAME").ok();
    let name = name.filter(|name| !name.is_empty()).map(Value::from);
    let attributes = EnvResourceDetector::new().detect();
    let name = name.or_else(|| attributes.get(&Key::from_static_str("service.name")));
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    Resource::builder()
        .with_service_name(name.unwrap_or_else(|| "fairhold".into()))
        .with_attribute(version)
        .build()
}

fn is_disabled() -> bool {
    env::var("OTEL_SDK_DISABLED").is_ok_and(|value| value.eq_ignore_ascii_case("true"))
}
