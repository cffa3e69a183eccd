//! Measures each request, and follows it in a trace.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use tokio::time::Instant;
use tracing::{Instrument, Span};

use super::around::{Around, Behind};
use crate::telemetry::{Answer, metrics, traces};

/// Measures. A request whose client hangs up before it is answered is not counted.
pub(super) struct Measure;

impl Around for Measure {
    async fn around(self: Arc<Self>, request: Request, behind: impl Behind) -> Response {
        let began = Instant::now();
        let method = request.method().clone();
        let route = request.extensions().get::<MatchedPath>();
        let route = route.map(|route| route.as_str().to_owned());
        let shown = route.as_deref().unwrap_or_default();
        let span = traces::request(method.as_str(), shown, request.headers());
        if let Some(trace) = traces::trace_id(&span) {
            Span::current().record("trace_id", trace.to_string());
        }
        let response = behind.answer(request).instrument(span.clone()).await;
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
