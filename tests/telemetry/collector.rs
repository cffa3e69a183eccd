//! An OTLP server for tests: receives protocol buffers over HTTP and keeps them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

#[derive(Debug, Clone, Default)]
struct Kept {
    bodies: Arc<Mutex<Vec<Bytes>>>,
    spans: Arc<Mutex<Vec<Span>>>,
    metrics: Arc<Mutex<Vec<String>>>,
    services: Arc<Mutex<BTreeSet<(&'static str, String)>>>,
}

impl Kept {
    fn came(&self, signal: &'static str, resource: Option<&Resource>) {
        let attributes = resource.map_or(&[][..], |resource| &resource.attributes);
        let service = value(attributes, "service.name").unwrap_or_default();
        self.services.lock().unwrap().insert((signal, service));
    }
}

/// Stops on drop.
pub(crate) struct Collector {
    kept: Kept,
    endpoint: String,
    serving: JoinHandle<()>,
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let kept = Kept::default();
        let router = Router::new()
            .route("/v1/traces", post(take_traces))
            .route("/v1/metrics", post(take_metrics))
            .with_state(kept.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            kept,
            endpoint,
            serving,
        }
    }

    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Whether any received data contains `text`.
    pub(crate) fn has(&self, text: &str) -> bool {
        let bodies = self.kept.bodies.lock().unwrap();
        let has = |body: &Bytes| body.windows(text.len()).any(|part| part == text.as_bytes());
        bodies.iter().any(has)
    }

    /// All received spans with this name.
    pub(crate) fn spans(&self, name: &str) -> Vec<Span> {
        let mut spans = self.all_spans();
        spans.retain(|span| span.name == name);
        spans
    }

    /// All received spans.
    pub(crate) fn all_spans(&self) -> Vec<Span> {
        self.kept.spans.lock().unwrap().clone()
    }

    /// The received signals, each with the name of its service.
    pub(crate) fn services(&self) -> BTreeSet<(&'static str, String)> {
        self.kept.services.lock().unwrap().clone()
    }

    /// The names of all received metrics.
    pub(crate) fn metrics(&self) -> Vec<String> {
        self.kept.metrics.lock().unwrap().clone()
    }
}

async fn take_traces(State(kept): State<Kept>, body: Bytes) {
    kept.bodies.lock().unwrap().push(body.clone());
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    for spans in &request.resource_spans {
        kept.came("traces", spans.resource.as_ref());
    }
    let scopes = request
        .resource_spans
        .into_iter()
        .flat_map(|r| r.scope_spans);
    let spans = scopes.flat_map(|scope| scope.spans);
    kept.spans.lock().unwrap().extend(spans);
}

async fn take_metrics(State(kept): State<Kept>, body: Bytes) {
    kept.bodies.lock().unwrap().push(body.clone());
    let request = ExportMetricsServiceRequest::decode(body).unwrap();
    for metrics in &request.resource_metrics {
        kept.came("metrics", metrics.resource.as_ref());
    }
    let resources = request.resource_metrics.into_iter();
    let scopes = resources.flat_map(|r| r.scope_metrics);
    let names = scopes.flat_map(|scope| scope.metrics).map(|m| m.name);
    kept.metrics.lock().unwrap().extend(names);
}

/// The span's attribute `name`, as text.
pub(crate) fn attribute(span: &Span, name: &str) -> Option<String> {
    value(&span.attributes, name)
}

fn value(attributes: &[KeyValue], name: &str) -> Option<String> {
    let found = attributes.iter().find(|a| a.key == name)?;
    match found.value.as_ref()?.value.as_ref()? {
        any_value::Value::StringValue(text) => Some(text.clone()),
        any_value::Value::IntValue(number) => Some(number.to_string()),
        other => Some(format!("{other:?}")),
    }
}
