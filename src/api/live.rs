//! Server-sent events: SKUs and reservations as they change.

use axum::body::Body;
use axum::extract::State;
use futures_util::StreamExt;
use sqlx::PgPool;

use super::fields::{ReservationIdField, SkuField};
use super::policy::{RoutePolicy, Routes};
use super::reservations::{ReservationView, find_for};
use crate::access::{Caller, CredentialExpiry, Permission};
use crate::analytics::{self, Health};
use crate::deadline::Deadline;
use crate::http::{Events, Operation, Path, Problem, ProblemType};
use crate::live::{Hub, Slot, Subscription, Topic};

/// How many SKUs are read before a stream of all of them begins.
const FIRST: i64 = 200;

const DESCRIPTION: &str = "The current state at once, then each change within 250 ms; changes in \
                           quick succession may be merged. A comment is sent every 15 s. \
                           `Last-Event-ID` is ignored: a stream always starts with the current state.";

pub(super) fn routes() -> Routes {
    let stock = RoutePolicy::read(Permission::ReadStock);
    let reservations = RoutePolicy::read(Permission::ReadReservations);
    Routes::new("Live")
        .get("/live/inventory", stock, all, all_operation())
        .get(
            "/live/inventory/{sku}",
            stock,
            inventory,
            inventory_operation(),
        )
        .get(
            "/live/reservations/{reservation_id}",
            reservations,
            reservation,
            reservation_operation(),
        )
}

fn all_operation() -> Operation {
    Operation::new("watchInventories", "Watch the health of all SKUs")
        .description(DESCRIPTION)
        .response(
            200,
            "Events `inventory`, first for each SKU, then for each SKU that changes.",
        )
}

fn inventory_operation() -> Operation {
    Operation::new("watchInventory", "Watch the health of a SKU")
        .description(DESCRIPTION)
        .response(
            200,
            "Events `inventory`. The id of an event is the SKU's version.",
        )
        .problems(&[ProblemType::UnknownSku])
}

fn reservation_operation() -> Operation {
    Operation::new("watchReservation", "Watch a reservation")
        .description(DESCRIPTION)
        .response(200, "Events `reservation`.")
        .problems(&[ProblemType::UnknownReservation])
}

async fn inventory(
    State(pool): State<PgPool>,
    State(hub): State<Hub>,
    deadline: Deadline,
    expiry: CredentialExpiry,
    Path(SkuField(sku)): Path<SkuField>,
) -> Result<Events<Health>, Problem> {
    let slot = slot(&hub)?;
    // Subscribed before the read, so that no change is missed in between.
    let subscription = hub.subscribe(Topic::Sku(sku.clone()), slot);
    let health = deadline.run(analytics::store::find(&pool, &sku)).await?;
    let health = health.ok_or_else(Problem::unknown_sku)?;
    hub.publish([health]);
    Ok(stream(subscription, expiry))
}

async fn all(
    State(pool): State<PgPool>,
    State(hub): State<Hub>,
    deadline: Deadline,
    expiry: CredentialExpiry,
) -> Result<Events<Health>, Problem> {
    let slot = slot(&hub)?;
    let subscription = hub.subscribe(Topic::All, slot);
    let first = deadline.run(analytics::store::list(&pool, None, FIRST));
    hub.publish(first.await?);
    Ok(stream(subscription, expiry))
}

async fn reservation(
    State(pool): State<PgPool>,
    State(hub): State<Hub>,
    deadline: Deadline,
    caller: Caller,
    expiry: CredentialExpiry,
    Path(ReservationIdField(id)): Path<ReservationIdField>,
) -> Result<Events<ReservationView>, Problem> {
    let slot = slot(&hub)?;
    let (reservation, place) = find_for(&caller, &pool, deadline, id).await?;
    let topic = Topic::Reservation(id, reservation.sku.clone());
    let subscription = hub.subscribe(topic, slot);
    // The next poll finds what changed before the subscription.
    hub.publish_reservation(&reservation, place, None);
    Ok(stream(subscription, expiry))
}

/// Ends when the client's credential expires.
fn stream<T>(subscription: Subscription, expiry: CredentialExpiry) -> Events<T> {
    let expired = Box::pin(expiry.expired());
    let stream = subscription.into_stream().take_until(expired);
    Events::new(Body::from_stream(stream))
}

fn slot(hub: &Hub) -> Result<Slot, Problem> {
    hub.slot()
        .ok_or_else(|| Problem::new(ProblemType::Overloaded, "All streams are in use."))
}
