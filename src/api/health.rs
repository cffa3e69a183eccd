//! `GET /livez`, `GET /readyz`, `GET /health`.

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::policy::{RoutePolicy, Routes};
use crate::access::Permission;
use crate::deadline::Deadline;
use crate::health::{Readiness, Unready};
use crate::http::{Operation, Problem, ProblemType, Reply};

pub(super) fn routes() -> Routes {
    let policy = RoutePolicy::monitoring(Permission::Probe);
    let liveness =
        |id| Operation::new(id, "Check that the service is alive").response(200, "It is alive.");
    let readiness = Operation::new("readyz", "Check that the service is ready for requests")
        .response(200, "It is ready, and the database can be written to.")
        .problems(&[ProblemType::DatabaseUnavailable]);
    Routes::new("Service")
        .get("/livez", policy, live, liveness("livez"))
        .get("/readyz", policy, ready, readiness)
        .get("/health", policy, live, liveness("health"))
}

/// The service is fine.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Condition", example = OK)]
struct HealthView {
    /// `ok`.
    status: &'static str,
}

const OK: HealthView = HealthView { status: "ok" };

async fn live(State(readiness): State<Arc<Readiness>>) -> Result<Reply<HealthView>, Problem> {
    readiness.ensure_live()?;
    Ok(Reply::ok(OK))
}

async fn ready(
    State(readiness): State<Arc<Readiness>>,
    deadline: Deadline,
) -> Result<Reply<HealthView>, Problem> {
    readiness.ensure_ready(deadline).await?;
    Ok(Reply::ok(OK))
}

impl From<Unready> for Problem {
    fn from(unready: Unready) -> Self {
        match unready {
            Unready::LaneEnded => Self::new(
                ProblemType::NotReady,
                "A part of the service has stopped: it must be restarted.",
            ),
            Unready::Stopping => Self::new(ProblemType::NotReady, "The service is shutting down."),
            Unready::NotWritable(obstacle) => Self::new(ProblemType::NotReady, &obstacle),
            Unready::Database => Self::new(
                ProblemType::DatabaseUnavailable,
                "The database cannot be reached at the moment.",
            ),
        }
    }
}
