//! What Fairhold is measured beside, each behind the same HTTP stack, in a process of its own.

use std::net::SocketAddr;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use chrono::{DateTime, Utc};
use fairhold::api::ReservationView;
use fairhold::connections::{self, Limits};
use fairhold::fairness::{Policy, Weights};
use fairhold::http::{self, Body, Reply};
use sqlx::postgres::PgPoolOptions;
use tokio_util::sync::CancellationToken;
use tower::layer::util::Identity;

use crate::ask::Ask;
use crate::plain;

/// How many connections *plain* gets: the most that did it good.
const PLAIN_CONNECTIONS: u32 = 16;

/// How long a request may take.
const REQUEST_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(30);

/// Serves one of the two until the process is ended.
pub(crate) async fn serve(name: &str, database_url: &str) -> anyhow::Result<()> {
    let router = if name == "plain" {
        let pool = PgPoolOptions::new()
            .max_connections(PLAIN_CONNECTIONS)
            .acquire_timeout(std::time::Duration::from_secs(30))
            .test_before_acquire(false)
            .connect(database_url)
            .await?;
        let reserve = http::layered(post(plain::reserve), REQUEST_TIMEOUT, Identity::new());
        Router::new()
            .route("/inventory/reserve", reserve)
            .with_state(pool)
    } else {
        let reserve = http::layered(post(ceiling), REQUEST_TIMEOUT, Identity::new());
        Router::new().route("/inventory/reserve", reserve)
    };
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    println!("Serving http://{}", listener.local_addr()?);
    let limits = Limits {
        room: 10_000,
        tls: None,
    };
    connections::serve(listener, router, limits, CancellationToken::new()).await;
    Ok(())
}

/// Parses, judges and answers, and keeps nothing.
async fn ceiling(Body(ask): Body<Ask>) -> Reply<ReservationView> {
    let fairness = Policy::default().judge(Weights::default());
    let reservation = ask.held_at(DateTime::UNIX_EPOCH, fairness);
    Reply::new(StatusCode::CREATED, ReservationView::new(reservation, None))
}
