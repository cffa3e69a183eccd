//! Measures and traces each request.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderMap;
use axum::response::Response;
use tokio::time::Instant;
use tracing::{Instrument, Span};

use super::middleware::{Middleware, Next};
use crate::telemetry::{Answer, metrics, traces};

/// Counts and times requests. One whose client disconnects before the response is not counted.
pub(super) struct RequestMetrics;

impl Middleware for RequestMetrics {
    async fn handle(self: Arc<Self>, request: Request, next: impl Next) -> Response {
        let began = Instant::now();
        let method = request.method().clone();
        let route = request.extensions().get::<MatchedPath>();
        let route = route.map(|route| route.as_str().to_owned());
        let shown = route.as_deref().unwrap_or_default();
        let span = traces::request(method.as_str(), shown, request.headers());
        let trace = traces::trace_id(&span).or_else(|| named_trace(request.headers()));
        if let Some(trace) = trace {
            Span::current().record("trace_id", trace);
        }
        let response = next.run(request).instrument(span.clone()).await;
        let status = response.status();
        traces::answered(&span, status);
        metrics().answered(Answer {
            method,
            route,
            status,
            took: began.elapsed(),
        });
        response
    }
}

/// The trace that a request's headers name.
fn named_trace(headers: &HeaderMap) -> Option<String> {
    let traceparent = headers.get("traceparent")?.to_str().ok()?;
    trace_id(traceparent).map(str::to_owned)
}

/// The trace id of a `traceparent` header (W3C Trace Context, version 00 and later).
fn trace_id(traceparent: &str) -> Option<&str> {
    let mut parts = traceparent.split('-');
    let (version, trace_id) = (parts.next()?, parts.next()?);
    let (parent_id, flags) = (parts.next()?, parts.next()?);
    let hex = |part: &str, length| {
        part.len() == length && part.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
    };
    let valid = hex(version, 2)
        && version != "ff"
        && (version != "00" || parts.next().is_none())
        && hex(trace_id, 32)
        && trace_id.bytes().any(|c| c != b'0')
        && hex(parent_id, 16)
        && hex(flags, 2);
    valid.then_some(trace_id)
}

#[cfg(test)]
mod tests {
    use super::trace_id;

    #[test]
    fn a_traceparent_names_its_trace() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let valid = format!("00-{id}-00f067aa0ba902b7-01");
        assert_eq!(trace_id(&valid), Some(id));
        let later = format!("cc-{id}-00f067aa0ba902b7-01-more");
        assert_eq!(trace_id(&later), Some(id));
        for wrong in [
            String::new(),
            format!("00-{id}-00f067aa0ba902b7-01-more"),
            format!("ff-{id}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{}-00f067aa0ba902b7-01", id.to_uppercase()),
        ] {
            assert_eq!(trace_id(&wrong), None, "{wrong:?}");
        }
    }
}
