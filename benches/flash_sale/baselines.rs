//! The baselines, each in its own process behind Fairhold's HTTP stack.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use chrono::DateTime;
use fairhold::api::ReservationView;
use fairhold::connections::{self, Limits};
use fairhold::fairness::{Policy, Weights};
use fairhold::http::{self, Body, Reply};
use fairhold::memory_budget::MemoryBudget;
use sqlx::postgres::PgPoolOptions;
use tokio_util::sync::CancellationToken;
use tower::layer::util::Identity;

use crate::reserve_request::ReserveRequest;
use crate::row_lock;

/// The number of connections with which *plain* is fastest.
const PLAIN_CONNECTIONS: u32 = 16;

const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// That of Fairhold, in bytes.
const BUFFER_LIMIT: usize = 64 << 20;

/// Serves a baseline until the process is killed.
pub(crate) async fn serve(name: &str, database_url: &str) -> anyhow::Result<()> {
    let budget = MemoryBudget::new(BUFFER_LIMIT);
    let router = if name == "plain" {
        let pool = PgPoolOptions::new()
            .max_connections(PLAIN_CONNECTIONS)
            .acquire_timeout(REQUEST_TIMEOUT)
            .test_before_acquire(false)
            .connect(database_url)
            .await?;
        let reserve = http::layered(
            post(row_lock::reserve),
            REQUEST_TIMEOUT,
            budget.clone(),
            Identity::new(),
        );
        Router::new()
            .route("/inventory/reserve", reserve)
            .with_state(pool)
    } else {
        let reserve = http::layered(
            post(ceiling),
            REQUEST_TIMEOUT,
            budget.clone(),
            Identity::new(),
        );
        Router::new().route("/inventory/reserve", reserve)
    };
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    println!("Listening on http://{}", listener.local_addr()?);
    let limits = Limits {
        max_connections: 10_000,
        budget,
        tls: None,
    };
    connections::serve(listener, router, limits, CancellationToken::new()).await;
    Ok(())
}

/// Parses the request, computes the verdict and responds, without storing anything.
async fn ceiling(Body(request): Body<ReserveRequest>) -> Reply<ReservationView> {
    let fairness = Policy::default().judge(Weights::default());
    let reservation = request.held_at(DateTime::UNIX_EPOCH, fairness);
    Reply::new(StatusCode::CREATED, ReservationView::new(reservation, None))
}
