//! Spans: a request, the batch that its command is part of, and the steps of the batch's transaction.
//!
//! They are created only if traces are exported, and never appear in the logs.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderMap, HeaderName, StatusCode};
use opentelemetry::propagation::Extractor;
use opentelemetry::trace::{Status, TraceContextExt};
use opentelemetry::{Context, global};
use tracing::field::Empty;
use tracing::{Span, debug_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The target that keeps spans out of the logs.
pub(super) const TARGET: &str = "fairhold::trace";

static ENABLED: AtomicBool = AtomicBool::new(false);

pub(super) fn enable() {
    ENABLED.store(true, Ordering::Relaxed);
}

fn is_enabled() -> bool {
    ENABLED.load(Ordering::Relaxed)
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

/// The span of a request, in the trace given by its headers (W3C Trace Context).
#[must_use]
pub fn request(method: &str, route: &str, headers: &HeaderMap) -> Span {
    if !is_enabled() {
        return Span::none();
    }
    let span = debug_span!(
        target: TARGET,
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
    );
    let parent =
        global::get_text_map_propagator(|propagator| propagator.extract(&Headers(headers)));
    // Fails only if the span is not collected.
    span.set_parent(parent).ok();
    span
}

/// The id of the span's trace; `None` if the span is not collected.
#[must_use]
pub fn trace_id(span: &Span) -> Option<String> {
    if span.is_disabled() {
        return None;
    }
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| context.trace_id().to_string())
}

/// Records the response on the request's span.
pub fn record_response(span: &Span, status: StatusCode) {
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.set_status(Status::error(""));
    }
}

/// The span that submits a command; none if traces are not exported.
#[must_use]
pub fn submitter() -> Span {
    if is_enabled() {
        Span::current()
    } else {
        Span::none()
    }
}

/// The span of a batch, linked to every sampled span among the `submitters` of its commands. It
/// belongs to the trace of the first sampled one or, if none is, of the first one, so that a
/// parent-based sampler drops it too.
#[must_use]
pub fn batch<'a>(submitters: impl IntoIterator<Item = &'a Span>) -> Span {
    if !is_enabled() {
        return Span::none();
    }
    let submitters = submitters.into_iter().filter(|s| !s.is_disabled());
    let submitters: Vec<_> = submitters.map(Span::context).collect();
    let sampled = || submitters.iter().filter(|submitter| is_sampled(submitter));
    let span = debug_span!(
        target: TARGET,
        parent: None,
        "batch",
        commands = Empty,
    );
    if let Some(parent) = sampled().next().or(submitters.first()) {
        span.set_parent(parent.clone()).ok();
    }
    for submitter in sampled() {
        span.add_link(submitter.span().span_context().clone());
    }
    span
}

fn is_sampled(context: &Context) -> bool {
    context.span().span_context().is_sampled()
}

/// The span of a step of a transaction.
#[must_use]
pub fn step(name: &'static str) -> Span {
    debug_span!(
        target: TARGET,
        "step",
        otel.name = name,
        otel.kind = "client",
        db.system.name = "postgresql",
    )
}
