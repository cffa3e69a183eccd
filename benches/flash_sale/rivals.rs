//! What Fairhold is measured beside, each behind the same HTTP stack, in a process of its own.

use std::net::SocketAddr;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use chrono::{DateTime, Duration, Utc};
use fairhold::api::ReservationView;
use fairhold::connections::{self, Limits};
use fairhold::fairness::{Policy, Verdict, Weights};
use fairhold::http::{self, Body, Fields, FromFields, Reply, text, whole_number};
use fairhold::inventory::{Quantity, Sku};
use fairhold::reservations::{Hold, Reservation, ReservationId, ReservationStatus, UserId};
use sqlx::postgres::PgPoolOptions;
use tokio_util::sync::CancellationToken;
use tower::layer::util::Identity;

use crate::plain;

/// How many connections *plain* gets: the most that did it good.
const PLAIN_CONNECTIONS: u32 = 16;

/// How long a request may take.
const REQUEST_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(30);

/// What a request asks for.
pub(crate) struct Ask {
    pub(crate) sku: Sku,
    pub(crate) user_id: UserId,
    pub(crate) quantity: Quantity,
}

impl FromFields for Ask {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let sku = fields.required("sku", text(Sku::parse));
        let user_id = fields.required("user_id", text(UserId::parse));
        let quantity = fields.defaulted("quantity", whole_number(1..=1_000_000), 1);
        Some(Self {
            sku: sku?,
            user_id: user_id?,
            quantity: Quantity::new(quantity?)?,
        })
    }
}

impl Ask {
    /// The reservation that answers it.
    pub(crate) fn held_at(self, now: DateTime<Utc>, fairness: Verdict) -> Reservation {
        Reservation {
            reservation_id: ReservationId::random(),
            sku: self.sku,
            user_id: self.user_id,
            quantity: self.quantity,
            status: ReservationStatus::Reserved,
            sequence: None,
            hold: Some(Hold {
                ttl_seconds: 86_400,
                expires_at: now + Duration::seconds(86_400),
            }),
            created_at: now,
            updated_at: now,
            fairness,
        }
    }
}

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
        max_connections: 10_000,
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
