//! `GET /live/…`.

use axum::body::Body;
use axum::extract::{FromRef, State};
use futures_util::StreamExt;
use sqlx::PgPool;

use super::{Hub, Slot, Subscription, Topic};
use crate::access::Standing;
use crate::analytics::{self, Health};
use crate::database::in_time;
use crate::http::{
    Call, Code, Events, Path, Problem, ReservationIdField, Routes, Shared, SkuField,
};
use crate::reservations::{ReservationView, query};

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
    Hub: FromRef<S> + Shared,
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
    State(hub): State<Hub>,
    standing: Standing,
    Path(SkuField(sku)): Path<SkuField>,
) -> Result<Events<Health>, Problem> {
    let slot = slot(&hub)?;
    // Subscribed before the read, so that no change is missed in between.
    let subscription = hub.subscribe(Topic::Sku(sku.clone()), slot);
    let health = in_time(analytics::store::find(&pool, &sku)).await?;
    let health = health.ok_or_else(Problem::unknown_sku)?;
    hub.publish([health]);
    Ok(stream(subscription, standing))
}

async fn all(
    State(pool): State<PgPool>,
    State(hub): State<Hub>,
    standing: Standing,
) -> Result<Events<Health>, Problem> {
    let slot = slot(&hub)?;
    let subscription = hub.subscribe(Topic::All, slot);
    let first = in_time(analytics::store::list(&pool, None, FIRST)).await?;
    hub.publish(first);
    Ok(stream(subscription, standing))
}

async fn reservation(
    State(pool): State<PgPool>,
    State(hub): State<Hub>,
    standing: Standing,
    Path(ReservationIdField(id)): Path<ReservationIdField>,
) -> Result<Events<ReservationView>, Problem> {
    let slot = slot(&hub)?;
    let found = in_time(query::find(&pool, id)).await?;
    let (reservation, place) = found.ok_or_else(Problem::unknown_reservation)?;
    let topic = Topic::Reservation(id, reservation.sku.clone());
    let subscription = hub.subscribe(topic, slot);
    // The next poll finds what changed before the subscription.
    hub.publish_reservation(&reservation, place, None);
    Ok(stream(subscription, standing))
}

/// Ends when the client's credential expires.
fn stream<T>(subscription: Subscription, standing: Standing) -> Events<T> {
    let ending = Box::pin(standing.end());
    let stream = subscription.into_stream().take_until(ending);
    Events::new(Body::from_stream(stream))
}

fn slot(hub: &Hub) -> Result<Slot, Problem> {
    hub.slot().ok_or_else(|| {
        Problem::new(
            Code::Overloaded,
            "As many streams are open as there is room for.",
        )
    })
}
