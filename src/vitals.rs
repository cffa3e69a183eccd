//! `GET /livez`, `GET /readyz`, `GET /health`.

use axum::extract::{FromRef, State};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::allocation::Lanes;
use crate::database::{self, in_time};
use crate::http::{Call, Code, Problem, Reply, Routes, Shared};

/// What tells whether the service can go on.
#[derive(Debug, Clone)]
pub struct Readiness {
    /// Where all commands are decided.
    pub lanes: Lanes,
    /// Cancelled once the service was told to stop.
    pub stopping: CancellationToken,
}

/// The routes for whoever watches the service.
pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S> + Shared,
    Readiness: FromRef<S> + Shared,
{
    Routes::new("Service")
        .get(
            "/livez",
            live,
            Call::new("livez", "Tell whether it is alive").answers(200, "It is."),
        )
        .get(
            "/readyz",
            ready,
            Call::new(
                "readyz",
                "Tell whether it can serve: whether the database answers",
            )
            .answers(200, "It does."),
        )
        .get(
            "/health",
            live,
            Call::new("health", "Tell whether it is alive").answers(200, "It is."),
        )
}

/// That all is well.
#[derive(Serialize, JsonSchema)]
#[schemars(example = GOOD)]
struct Condition {
    /// `ok`.
    status: &'static str,
}

const GOOD: Condition = Condition { status: "ok" };

/// Alive is what no restart would mend.
async fn live(State(readiness): State<Readiness>) -> Result<Reply<Condition>, Problem> {
    if !readiness.lanes.are_open() {
        return Err(not_ready(
            "A part of the service has ended: it must be restarted.",
        ));
    }
    Ok(Reply::ok(GOOD))
}

/// Ready is whoever can take a request now and answer the next one, too.
async fn ready(
    State(pool): State<PgPool>,
    State(readiness): State<Readiness>,
) -> Result<Reply<Condition>, Problem> {
    if readiness.stopping.is_cancelled() {
        return Err(not_ready("The service is about to end."));
    }
    let live = live(State(readiness)).await?;
    in_time(database::now(&pool)).await?;
    Ok(live)
}

fn not_ready(detail: &str) -> Problem {
    Problem::new(Code::NotReady, detail)
}
