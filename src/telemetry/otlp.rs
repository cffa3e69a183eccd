//! OTLP exporters for traces and metrics: protocol buffers over HTTP.

use std::env;

use opentelemetry_otlp::{
    ExporterBuildError, MetricExporter, Protocol, SpanExporter, WithExportConfig,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::PeriodicReader;
use opentelemetry_sdk::trace::SdkTracerProvider;

const LINK_LIMIT: &str = "OTEL_SPAN_LINK_COUNT_LIMIT";

/// Exports spans to `endpoint` from a background thread. Spans that it can't send in time are
/// dropped; requests never wait for it.
pub(super) fn tracer_provider(
    endpoint: &str,
    resource: Resource,
) -> Result<SdkTracerProvider, ExporterBuildError> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(signal_url(endpoint, "v1/traces"))
        .build()?;
    let provider = SdkTracerProvider::builder()
        .with_resource(resource)
        .with_batch_exporter(exporter);
    let has_link_limit = env::var(LINK_LIMIT).is_ok_and(|limit| limit.parse::<u32>().is_ok());
    let provider = if has_link_limit {
        provider
    } else {
        // Only batches have links, one for each command, and the size of a batch is limited.
        provider.with_max_links_per_span(u32::MAX)
    };
    Ok(provider.build())
}

/// Exports all metrics to `endpoint` periodically.
pub(super) fn metrics_reader(
    endpoint: &str,
) -> Result<PeriodicReader<MetricExporter>, ExporterBuildError> {
    let exporter = MetricExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(signal_url(endpoint, "v1/metrics"))
        .build()?;
    Ok(PeriodicReader::builder(exporter).build())
}

/// The URL for one signal, as the OTLP specification defines it.
fn signal_url(endpoint: &str, path: &str) -> String {
    format!("{}/{path}", endpoint.trim_end_matches('/'))
}
