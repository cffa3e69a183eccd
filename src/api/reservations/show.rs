//! `GET /reservations/{reservation_id}`.

use axum::extract::State;
use sqlx::PgPool;

use super::view::ReservationView;
use crate::access::Caller;
use crate::api::fields::ReservationIdField;
use crate::deadline::Deadline;
use crate::http::{Operation, Path, Problem, ProblemType, Reply};
use crate::reservations::{Reservation, ReservationId, queries};
use crate::waitlist::WaitlistPosition;

pub(super) fn operation() -> Operation {
    Operation::new("showReservation", "Get a reservation")
        .description("From `expires_at` on, a hold reads EXPIRED.")
        .response(200, "The reservation.")
        .problems(&[ProblemType::UnknownReservation])
}

pub(super) async fn show(
    State(pool): State<PgPool>,
    deadline: Deadline,
    caller: Caller,
    Path(ReservationIdField(id)): Path<ReservationIdField>,
) -> Result<Reply<ReservationView>, Problem> {
    let (reservation, place) = find_for(&caller, &pool, deadline, id).await?;
    Ok(Reply::ok(ReservationView::new(reservation, place)))
}

/// A reservation and its place in the waitlist. To a shopper, the reservations of others don't exist.
pub(in crate::api) async fn find_for(
    caller: &Caller,
    pool: &PgPool,
    deadline: Deadline,
    id: ReservationId,
) -> Result<(Reservation, Option<WaitlistPosition>), Problem> {
    let found = deadline.run(queries::find(pool, id)).await?;
    found
        .filter(|(reservation, _)| caller.may_act_for(&reservation.user_id))
        .ok_or_else(Problem::unknown_reservation)
}
