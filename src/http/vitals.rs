//! `GET /livez`, `GET /readyz`, `GET /health`.

use axum::extract::{FromRef, State};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::PgPool;

use super::openapi::{Call, Routes, Shared};
use super::{Problem, Reply};
use crate::database::{self, in_time};

/// `/livez`, `/readyz` and `/health`.
pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S> + Shared,
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

async fn live() -> Reply<Condition> {
    Reply::ok(GOOD)
}

async fn ready(State(pool): State<PgPool>) -> Result<Reply<Condition>, Problem> {
    in_time(database::now(&pool)).await?;
    Ok(Reply::ok(GOOD))
}
