//! `GET /live/…`.

use axum::body::Body;
use axum::extract::{FromRef, State};
use futures_util::StreamExt;
use sqlx::PgPool;

use super::board::{Board, Room, Subject, Watcher};
use super::feed::{Feed, bytes};
use crate::access::Standing;
use crate::analytics::{self, Health};
use crate::database::in_time;
use crate::http::{
    Call, Code, Events, Path, Problem, ReservationIdField, Routes, Shared, SkuField,
};
use crate::reservations::{ReservationView, queries};

/// How many SKUs are read before a stream of all of them begins.
const FIRST: i64 = 200;

const WORDS: &str = "The state as it is at once, then each change within 250 ms; several may be \
                     folded into one. A comment is sent every 15 s. Whatever `Last-Event-ID` says, \
                     the state as it is comes first.";

/// The routes of this feature.
pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S> + Shared,
    Board: FromRef<S> + Shared,
{
    Routes::new("Live")
        .get(
            "/live/inventory",
            all,
            Call::new("watchInventories", "Watch how all SKUs stand")
                .about(WORDS)
                .answers(
                    200,
                    "Events `inventory`, first of each SKU, then of those that change.",
                ),
        )
        .get(
            "/live/inventory/{sku}",
            inventory,
            Call::new("watchInventory", "Watch how a SKU stands")
                .about(WORDS)
                .answers(200, "Events `inventory`; the id of each is its version.")
                .refuses(&[Code::UnknownSku]),
        )
        .get(
            "/live/reservations/{reservation_id}",
            reservation,
            Call::new("watchReservation", "Watch a reservation")
                .about(WORDS)
                .answers(200, "Events `reservation`.")
                .refuses(&[Code::UnknownReservation]),
        )
}

async fn inventory(
    State(pool): State<PgPool>,
    State(board): State<Board>,
    standing: Standing,
    Path(SkuField(sku)): Path<SkuField>,
) -> Result<Events<Health>, Problem> {
    let room = room(&board)?;
    // Watched before it is read, so that no change falls between.
    let (feed, watcher) = board.watch(Subject::Sku(sku.clone()), room);
    let health = in_time(analytics::store::find(&pool, &sku)).await?;
    let health = health.ok_or_else(Problem::unknown_sku)?;
    board.show([health]);
    Ok(stream(feed, watcher, standing))
}

async fn all(
    State(pool): State<PgPool>,
    State(board): State<Board>,
    standing: Standing,
) -> Result<Events<Health>, Problem> {
    let room = room(&board)?;
    let (feed, watcher) = board.watch(Subject::All, room);
    let first = in_time(analytics::store::list(&pool, None, FIRST)).await?;
    board.show(first);
    Ok(stream(feed, watcher, standing))
}

async fn reservation(
    State(pool): State<PgPool>,
    State(board): State<Board>,
    standing: Standing,
    Path(ReservationIdField(id)): Path<ReservationIdField>,
) -> Result<Events<ReservationView>, Problem> {
    let room = room(&board)?;
    let found = in_time(queries::find(&pool, id)).await?;
    let (reservation, place) = found.ok_or_else(Problem::unknown_reservation)?;
    let subject = Subject::Reservation(id, reservation.sku.clone());
    let (feed, watcher) = board.watch(subject, room);
    let view = ReservationView::new(reservation, place);
    // What changed before it was watched is found by the next look.
    board.show_reservation(&view, None);
    Ok(stream(feed, watcher, standing))
}

/// Goes on for as long as what the client was let in by holds.
fn stream<T>(feed: Feed, watcher: Watcher, standing: Standing) -> Events<T> {
    let ending = Box::pin(standing.end());
    Events::new(Body::from_stream(bytes(feed, watcher).take_until(ending)))
}

fn room(board: &Board) -> Result<Room, Problem> {
    board.room().ok_or_else(|| {
        Problem::new(
            Code::Overloaded,
            "As many streams are open as there is room for.",
        )
    })
}
