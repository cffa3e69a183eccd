//! `GET /metrics`.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{Problem, Routes};
use crate::telemetry;

/// The media type of Prometheus's text format, version 0.0.4.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The route for Prometheus.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Routes<S> {
    Routes::new("Service").untold("/metrics", get(scrape))
}

async fn scrape() -> Result<Response, Problem> {
    let text = telemetry::text().map_err(|error| {
        tracing::error!(%error, "the metrics could not be written");
        Problem::internal()
    })?;
    Ok(([(header::CONTENT_TYPE, TEXT)], text).into_response())
}
