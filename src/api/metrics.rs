//! `GET /metrics`.

use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::policy::{RoutePolicy, Routes};
use crate::access::Permission;
use crate::http::{Operation, OperationBuilder, Output, Problem};
use crate::telemetry;

/// The media type of Prometheus's text format, version 0.0.4.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn routes() -> Routes {
    let operation = Operation::new("metrics", "Prometheus metrics")
        .response(200, "The metrics, in Prometheus's text format.");
    let policy = RoutePolicy::monitoring(Permission::ReadAll);
    Routes::new("Service").get("/metrics", policy, scrape, operation)
}

struct Exposition(String);

impl IntoResponse for Exposition {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, CONTENT_TYPE)], self.0).into_response()
    }
}

impl Output for Exposition {
    fn describe(operation: &mut OperationBuilder<'_>) {
        operation.text("text/plain");
    }
}

async fn scrape() -> Result<Exposition, Problem> {
    let text = telemetry::text().map_err(|error| {
        tracing::error!(%error, "cannot encode the metrics");
        Problem::internal()
    })?;
    Ok(Exposition(text))
}
