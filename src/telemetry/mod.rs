//! What an operator sees: logs, metrics, traces.

mod export;
mod logs;
mod metrics;
pub mod traces;

use std::time::Duration;

use opentelemetry::global;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use thiserror::Error;

pub use self::logs::LogFormat;
pub use self::metrics::{Answer, LaneUse, Metrics, PoolUse, metrics, text};

/// How long the last figures and spans may take to be sent when the process ends.
const FAREWELL: Duration = Duration::from_secs(2);

/// Why there is no telemetry.
#[derive(Debug, Error)]
pub enum TelemetryError {
    /// The exporter for Prometheus can't be made.
    #[error("the metrics can't be set up")]
    Metrics(#[from] opentelemetry_sdk::error::OTelSdkError),
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
/// metrics and traces there by OTLP. To be
/// called once, before any other use of this module, and outside of any runtime.
///
/// # Errors
/// When an exporter can't be made.
pub fn start(
    filter: &str,
    format: LogFormat,
    endpoint: Option<&str>,
) -> Result<Telemetry, TelemetryError> {
    global::set_text_map_propagator(TraceContextPropagator::new());
    let resource = resource();
    let traces = endpoint.map(|endpoint| export::traces(endpoint, resource.clone()));
    let traces = traces.transpose()?;
    logs::start(filter, format, traces.as_ref());
    let metrics = metrics::start(endpoint, resource)?;
    Ok(Telemetry { metrics, traces })
}

impl Telemetry {
    /// Sends what was not sent yet, though not for long.
    pub fn stop(self) {
        let metrics = self.metrics.shutdown_with_timeout(FAREWELL);
        let traces = self
            .traces
            .map(|traces| traces.shutdown_with_timeout(FAREWELL));
        for error in [metrics.err(), traces.and_then(Result::err)]
            .into_iter()
            .flatten()
        {
            tracing::warn!(%error, "the last telemetry could not be sent");
        }
    }
}

/// What all figures and spans are of. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` may say
/// more.
fn resource() -> Resource {
    let named = std::env::var_os("OTEL_SERVICE_NAME").is_some();
    let resource = Resource::builder();
    let resource = if named {
        resource
    } else {
        resource.with_service_name("fairhold")
    };
    let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    resource.with_attribute(version).build()
}
