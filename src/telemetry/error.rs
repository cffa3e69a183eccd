//! Why telemetry can't be started.

use opentelemetry_sdk::error::OTelSdkError;
use thiserror::Error;

/// Telemetry can't be started.
#[derive(Debug, Error)]
pub enum TelemetryError {
    #[error("cannot start the metrics")]
    Metrics(#[from] OTelSdkError),
    #[error("cannot create the OTLP exporter")]
    Export(#[from] opentelemetry_otlp::ExporterBuildError),
}
