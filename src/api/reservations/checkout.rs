//! `POST /checkout/confirm` and `POST /checkout/cancel`.

use axum::extract::State;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use super::view::ReservationView;
use crate::access::Caller;
use crate::allocation::{Cancel, CancelError, Confirm, ConfirmError, Lanes, TypedCommand};
use crate::api::fields::ReservationIdField;
use crate::deadline::Deadline;
use crate::http::{Body, Operation, Problem, ProblemType, Reply};
use crate::inventory::Sku;
use crate::reservations::{Reservation, ReservationId, ReservationIndex};

const EXAMPLE_ID: &str = "019b8d2c-6f00-7000-8000-5d1c7a2f9e10";

pub(super) fn confirm_operation() -> Operation {
    Operation::new("confirm", "Turn a hold into a sale")
        .example(json!({"reservation_id": EXAMPLE_ID}))
        .response(200, "CONFIRMED, now or before.")
        .problems(&[
            ProblemType::UnknownReservation,
            ProblemType::NotConfirmable,
            ProblemType::ReservationExpired,
        ])
}

pub(super) fn cancel_operation() -> Operation {
    Operation::new("cancel", "Cancel a hold, or leave the waitlist")
        .description("Freed units go to the waitlist in the same transaction.")
        .example(json!({"reservation_id": EXAMPLE_ID}))
        .response(200, "CANCELLED, now or before.")
        .problems(&[
            ProblemType::UnknownReservation,
            ProblemType::AlreadyConfirmed,
            ProblemType::ReservationExpired,
        ])
}

pub(super) async fn confirm(
    State(lanes): State<Lanes>,
    State(index): State<ReservationIndex>,
    deadline: Deadline,
    caller: Caller,
    Body(ReservationIdField(reservation_id)): Body<ReservationIdField>,
) -> Result<Reply<ReservationView>, Problem> {
    let confirm = |sku| Confirm {
        sku,
        reservation_id,
        actor: caller.actor(),
    };
    check_out(&lanes, &index, deadline, reservation_id, confirm).await
}

impl From<ConfirmError> for Problem {
    fn from(error: ConfirmError) -> Self {
        match error {
            ConfirmError::UnknownReservation => Self::unknown_reservation(),
            ConfirmError::NotConfirmable(status) => Self::new(
                ProblemType::NotConfirmable,
                format!("The reservation is {}.", status.name()),
            ),
            ConfirmError::Expired(at) => expired(at),
        }
    }
}

pub(super) async fn cancel(
    State(lanes): State<Lanes>,
    State(index): State<ReservationIndex>,
    deadline: Deadline,
    caller: Caller,
    Body(ReservationIdField(reservation_id)): Body<ReservationIdField>,
) -> Result<Reply<ReservationView>, Problem> {
    let cancel = |sku| Cancel {
        sku,
        reservation_id,
        actor: caller.actor(),
    };
    check_out(&lanes, &index, deadline, reservation_id, cancel).await
}

/// Submits a command to the lane of the reservation's SKU.
async fn check_out<A, E>(
    lanes: &Lanes,
    index: &ReservationIndex,
    deadline: Deadline,
    reservation_id: ReservationId,
    command: impl FnOnce(Sku) -> A,
) -> Result<Reply<ReservationView>, Problem>
where
    A: TypedCommand<Answer = Result<Reservation, E>>,
    Problem: From<E>,
{
    let sku = deadline.run(index.sku_of(reservation_id)).await?;
    let command = command(sku.ok_or_else(Problem::unknown_reservation)?);
    let reservation = lanes.submit(command, deadline).await??;
    Ok(Reply::ok(ReservationView::new(reservation, None)))
}

impl From<CancelError> for Problem {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::UnknownReservation => Self::unknown_reservation(),
            CancelError::AlreadyConfirmed => Self::new(
                ProblemType::AlreadyConfirmed,
                "The reservation is CONFIRMED and cannot be cancelled.",
            ),
            CancelError::Expired(at) => expired(at),
        }
    }
}

fn expired(at: DateTime<Utc>) -> Problem {
    let at = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    Problem::new(
        ProblemType::ReservationExpired,
        format!("The hold expired at {at}."),
    )
}
