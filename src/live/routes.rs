//! `GET /live/…`.

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sqlx::PgPool;

use super::board::{Board, Room, Subject};
use super::feed::bytes;
use crate::analytics;
use crate::database::in_time;
use crate::http::{Code, Path, Problem, ReservationIdField, SkuField};
use crate::reservations::{ReservationView, queries};

/// How many SKUs are read before a stream of all of them begins.
const FIRST: i64 = 200;

/// Tells proxies not to hold back what comes.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The routes of this feature.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    Board: FromRef<S>,
{
    Router::new()
        .route("/live/inventory", get(all))
        .route("/live/inventory/{sku}", get(inventory))
        .route("/live/reservations/{reservation_id}", get(reservation))
}

async fn inventory(
    State(pool): State<PgPool>,
    State(board): State<Board>,
    Path(SkuField(sku)): Path<SkuField>,
) -> Result<Response, Problem> {
    let room = room(&board)?;
    // Watched before it is read, so that no change falls between.
    let (feed, watcher) = board.watch(Subject::Sku(sku.clone()), room);
    let health = in_time(analytics::store::find(&pool, &sku)).await?;
    let health = health.ok_or_else(Problem::unknown_sku)?;
    board.show([health]);
    Ok(stream(Body::from_stream(bytes(feed, watcher))))
}

async fn all(State(pool): State<PgPool>, State(board): State<Board>) -> Result<Response, Problem> {
    let room = room(&board)?;
    let (feed, watcher) = board.watch(Subject::All, room);
    let first = in_time(analytics::store::list(&pool, None, FIRST)).await?;
    board.show(first);
    Ok(stream(Body::from_stream(bytes(feed, watcher))))
}

async fn reservation(
    State(pool): State<PgPool>,
    State(board): State<Board>,
    Path(ReservationIdField(id)): Path<ReservationIdField>,
) -> Result<Response, Problem> {
    let room = room(&board)?;
    let found = in_time(queries::find(&pool, id)).await?;
    let (reservation, place) = found.ok_or_else(Problem::unknown_reservation)?;
    let subject = Subject::Reservation(id, reservation.sku.clone());
    let (feed, watcher) = board.watch(subject, room);
    let view = ReservationView::new(reservation, place);
    // What changed before it was watched is found by the next look.
    board.show_reservation(&view, None);
    Ok(stream(Body::from_stream(bytes(feed, watcher))))
}

fn room(board: &Board) -> Result<Room, Problem> {
    board.room().ok_or_else(|| {
        Problem::new(
            Code::Overloaded,
            "As many streams are open as there is room for.",
        )
    })
}

fn stream(body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (ACCEL_BUFFERING, "no"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    (headers, body).into_response()
}
