//! The spans of a trace: a request, the batch that its command became part of, the steps of the
//! batch's transaction.
//!
//! They are made only where they are sent somewhere. They never appear in the logs.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderMap, HeaderName, StatusCode};
use opentelemetry::propagation::Extractor;
use opentelemetry::trace::{Status, TraceContextExt};
use opentelemetry::{Context, global};
use tracing::field::Empty;
use tracing::{Span, debug_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// What the spans are told from the logs by.
pub(super) const TARGET: &str = "fairhold::trace";

static ON: AtomicBool = AtomicBool::new(false);

pub(super) fn turn_on() {
    ON.store(true, Ordering::Relaxed);
}

fn is_on() -> bool {
    ON.load(Ordering::Relaxed)
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

/// The span of one request, within the trace that its headers name (W3C Trace Context).
#[must_use]
pub fn request(method: &str, route: &str, headers: &HeaderMap) -> Span {
    if !is_on() {
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
    let parent = global::get_text_map_propagator(|known| known.extract(&Headers(headers)));
    // It fails only for a span that nobody collects.
    span.set_parent(parent).ok();
    span
}

/// The trace that a span is part of; `None` where it goes nowhere.
#[must_use]
pub fn trace_id(span: &Span) -> Option<String> {
    if span.is_disabled() {
        return None;
    }
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| context.trace_id().to_string())
}

/// Tells a request's span how the request was answered.
pub fn answered(span: &Span, status: StatusCode) {
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.set_status(Status::error(""));
    }
}

/// The span that a command is sent from; none where nothing is collected.
#[must_use]
pub fn sender() -> Span {
    if is_on() {
        Span::current()
    } else {
        Span::none()
    }
}

/// The span of a batch: in the trace of the first of its commands' `senders` that is sampled, and
/// linked to all that are. Without such a one it is in the trace of the first, which a sampler that
/// heeds the parent leaves out with it.
#[must_use]
pub fn batch<'a>(senders: impl IntoIterator<Item = &'a Span>) -> Span {
    if !is_on() {
        return Span::none();
    }
    let senders = senders.into_iter().filter(|s| !s.is_disabled());
    let senders: Vec<_> = senders.map(Span::context).collect();
    let sampled = || senders.iter().filter(|sender| is_sampled(sender));
    let span = debug_span!(
        target: TARGET,
        parent: None,
        "batch",
        commands = Empty,
    );
    if let Some(parent) = sampled().next().or(senders.first()) {
        span.set_parent(parent.clone()).ok();
    }
    for sender in sampled() {
        span.add_link(sender.span().span_context().clone());
    }
    span
}

fn is_sampled(context: &Context) -> bool {
    context.span().span_context().is_sampled()
}

/// The span of one step of a transaction.
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
