//! Sends traces and metrics over OTLP: protocol buffers over HTTP.

use std::env;

use opentelemetry_otlp::{
    ExporterBuildError, MetricExporter, Protocol, SpanExporter, WithExportConfig,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::PeriodicReader;
use opentelemetry_sdk::trace::SdkTracerProvider;

/// What says how many links a span may have, where it is a number.
const LINK_LIMIT: &str = "OTEL_SPAN_LINK_COUNT_LIMIT";

/// Collects spans and sends them to the OTLP server at `endpoint`, from a thread of its own. What it
/// can't send in time is dropped: no request waits for it.
pub(super) fn traces(
    endpoint: &str,
    resource: Resource,
) -> Result<SdkTracerProvider, ExporterBuildError> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(below(endpoint, "v1/traces"))
        .build()?;
    let provider = SdkTracerProvider::builder()
        .with_resource(resource)
        .with_batch_exporter(exporter);
    let limited = env::var(LINK_LIMIT).is_ok_and(|told| told.parse::<u32>().is_ok());
    let provider = if limited {
        provider
    } else {
        // Only a batch has links: one to each of its commands, of which there is a limit.
        provider.with_max_links_per_span(u32::MAX)
    };
    Ok(provider.build())
}

/// Reads all metrics now and then and sends them to the OTLP server at `endpoint`.
pub(super) fn metrics(
    endpoint: &str,
) -> Result<PeriodicReader<MetricExporter>, ExporterBuildError> {
    let exporter = MetricExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(below(endpoint, "v1/metrics"))
        .build()?;
    Ok(PeriodicReader::builder(exporter).build())
}

/// The address of one signal, as the OTLP specification forms it.
fn below(endpoint: &str, path: &str) -> String {
    format!("{}/{path}", endpoint.trim_end_matches('/'))
}
