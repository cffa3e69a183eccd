//! What an operator sees: logs, metrics, traces.

mod export;
mod logs;
mod metrics;
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
use thiserror::Error;

pub(crate) use self::logs::DATABASE_NOTICES;
pub use self::logs::LogFormat;
pub use self::metrics::{Answer, LaneUse, Metrics, PoolUse, metrics, text};

/// How long the last figures and spans may take together to be sent when the process ends.
const FAREWELL: Duration = Duration::from_secs(2);

/// Why there is no telemetry.
#[derive(Debug, Error)]
pub enum TelemetryError {
    /// The exporter for Prometheus can't be made.
    #[error("the metrics can't be set up")]
    Metrics(#[from] OTelSdkError),
    /// The exporter for OTLP can't be made.
    #[error("the OTLP exporter can't be set up")]
    Export(#[from] opentelemetry_otlp::ExporterBuildError),
}

/// Telemetry that is on. To be [stopped](Self::stop) when the process ends.
#[derive(Debug)]
pub struct Telemetry {
    metrics: SdkMeterProvider,
    traces: Option<SdkTracerProvider>,
}

/// Starts logging what `filter` lets through, and metrics, and, where there is an `endpoint`, sends
/// metrics and traces there by OTLP, unless `OTEL_SDK_DISABLED` is true. To be called once, before
/// any other use of this module, and outside of any runtime.
///
/// # Errors
/// When an exporter can't be made.
pub fn start(
    filter: &str,
    format: LogFormat,
    endpoint: Option<&str>,
) -> Result<Telemetry, TelemetryError> {
    global::set_text_map_propagator(TraceContextPropagator::new());
    let endpoint = endpoint.filter(|_| !is_disabled());
    let resource = resource();
    let traces = endpoint.map(|endpoint| export::traces(endpoint, resource.clone()));
    let traces = traces.transpose()?;
    logs::start(filter, format, traces.as_ref());
    let metrics = metrics::start(endpoint, resource)?;
    Ok(Telemetry { metrics, traces })
}

impl Telemetry {
    /// Sends what was not sent yet, figures and spans at the same time, for 2 s at most: a collector
    /// that never answers must not hold the end up.
    pub fn stop(self) {
        let Self { metrics, traces } = self;
        let until = Instant::now() + FAREWELL;
        let (told, farewells) = mpsc::channel();
        apart(&told, move || metrics.shutdown_with_timeout(FAREWELL));
        if let Some(traces) = traces {
            apart(&told, move || traces.shutdown_with_timeout(FAREWELL));
        }
        drop(told);
        loop {
            match farewells.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Ok(())) => {}
                Ok(Err(error)) => unsent(&error),
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => return unsent(&OTelSdkError::Timeout(FAREWELL)),
            }
        }
    }
}

/// Says farewell on a thread of its own, which ends with the process: not every exporter heeds the
/// time that it is given.
fn apart(told: &Sender<OTelSdkResult>, farewell: impl FnOnce() -> OTelSdkResult + Send + 'static) {
    let told = told.clone();
    // When nobody listens any more, it took too long.
    let thread = thread::Builder::new().spawn(move || told.send(farewell()).ok());
    if let Err(error) = thread {
        unsent(&error);
    }
}

fn unsent(error: &dyn Display) {
    tracing::warn!(%error, "the last telemetry could not be sent");
}

/// What all figures and spans are of. `OTEL_SERVICE_NAME` names it, or else the `service.name` of
/// `OTEL_RESOURCE_ATTRIBUTES`, which may say more.
fn resource() -> Resource {
    let named = env::var("OTEL_SERVICE_NAME").ok();
    let named = named.filter(|name| !name.is_empty()).map(Value::from);
    let told = EnvResourceDetector::new().detect();
    let named = named.or_else(|| told.get(&Key::from_static_str("service.name")));
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    Resource::builder()
        .with_service_name(named.unwrap_or_else(|| "fairhold".into()))
        .with_attribute(version)
        .build()
}

/// Whether `OTEL_SDK_DISABLED` says that nothing is sent.
fn is_disabled() -> bool {
    env::var("OTEL_SDK_DISABLED").is_ok_and(|told| told.eq_ignore_ascii_case("true"))
}
