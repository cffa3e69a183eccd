//! `GET /livez`, `GET /readyz`, `GET /health`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRef, State};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::PgPool;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::allocation::Lanes;
use crate::database::{self, in_time};
use crate::http::{Call, Code, Problem, Reply, Routes, Shared};

/// How long the database's last answer counts: however often the service is asked, it asks the
/// database no more than ten times a second, and one question at a time.
const FRESH: Duration = Duration::from_millis(100);

/// What tells whether the service can go on.
#[derive(Debug)]
pub struct Readiness {
    lanes: Lanes,
    jobs: PgPool,
    /// Cancelled once the service was told to stop.
    pub stopping: CancellationToken,
    last_look: Mutex<Option<Look>>,
}

#[derive(Debug)]
struct Look {
    ended: Instant,
    told: Result<(), Problem>,
}

impl Readiness {
    /// Of a service whose commands `lanes` decide, and whose jobs ask the database by `jobs`.
    #[must_use]
    pub fn new(jobs: PgPool, lanes: Lanes) -> Self {
        Self {
            lanes,
            jobs,
            stopping: CancellationToken::new(),
            last_look: Mutex::default(),
        }
    }

    /// Whether the database can be written to.
    async fn look(&self) -> Result<(), Problem> {
        let mut last = self.last_look.lock().await;
        if let Some(look) = &*last
            && look.ended.elapsed() < FRESH
        {
            return look.told.clone();
        }
        let told = match in_time(database::find_write_obstacle(&self.jobs)).await {
            Ok(None) => Ok(()),
            Ok(Some(obstacle)) => Err(not_ready(&obstacle)),
            Err(error) => Err(Problem::from(error)),
        };
        *last = Some(Look {
            ended: Instant::now(),
            told: told.clone(),
        });
        told
    }
}

/// The routes for whoever watches the service.
pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    Arc<Readiness>: FromRef<S> + Shared,
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
            .answers(200, "It does.")
            .refuses(&[Code::DatabaseUnavailable]),
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
async fn live(State(readiness): State<Arc<Readiness>>) -> Result<Reply<Condition>, Problem> {
    if !readiness.lanes.are_open() {
        return Err(not_ready(
            "A part of the service has ended: it must be restarted.",
        ));
    }
    Ok(Reply::ok(GOOD))
}

/// Ready is whoever can take a request now and answer the next one, too.
async fn ready(State(readiness): State<Arc<Readiness>>) -> Result<Reply<Condition>, Problem> {
    if readiness.stopping.is_cancelled() {
        return Err(not_ready("The service is about to end."));
    }
    let live = live(State(readiness.clone())).await?;
    readiness.look().await?;
    Ok(live)
}

fn not_ready(detail: &str) -> Problem {
    Problem::new(Code::NotReady, detail)
}
