//! `GET /metrics`.

use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Problem;
use super::openapi::{Call, Output, Routes, Sketch};
use crate::telemetry;

/// The media type of Prometheus's text format, version 0.0.4.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The route for Prometheus.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Routes<S> {
    let call = Call::new("metrics", "Tell Prometheus what happens")
        .answers(200, "The figures, in Prometheus's text format.");
    Routes::new("Service").get("/metrics", scrape, call)
}

/// What Prometheus reads.
struct Figures(String);

impl IntoResponse for Figures {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, TEXT)], self.0).into_response()
    }
}

impl Output for Figures {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.gives_text("text/plain");
    }
}

async fn scrape() -> Result<Figures, Problem> {
    let text = telemetry::prometheus_text().map_err(|error| {
        tracing::error!(%error, "the metrics could not be written");
        Problem::internal()
    })?;
    Ok(Figures(text))
}
