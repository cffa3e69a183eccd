//! `POST /inventory/reserve`.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use super::view::ReservationView;
use crate::access::{self, Caller};
use crate::allocation::{Lanes, Reserve, ReserveError, Reserved};
use crate::api::fields::NewUserId;
use crate::api::inputs::Key;
use crate::deadline::Deadline;
use crate::http::{
    Body, Fields, FromFields, Operation, Problem, ProblemMembers, ProblemType, Reply, Rule,
    number_or_digits, text,
};
use crate::idempotency::Disposition;
use crate::inventory::{MAX_QUANTITY, Quantity, Sku};
use crate::limits::RequestCost;
use crate::reservations::{ReservationId, ReservationIndex, UserId};

pub(super) fn operation() -> Operation {
    Operation::new(
        "reserve",
        "Hold stock for a user, or add them to the waitlist",
    )
    .description("While anyone waits, a newcomer waits behind them.")
    .example(json!({"sku": "SKU123", "user_id": "userA", "quantity": 1}))
    .response(201, "RESERVED: the hold lasts until `expires_at`.")
    .response(
        202,
        "WAITLISTED: the hold begins when it is the reservation's turn.",
    )
    .response(200, "The user's live reservation of the same quantity.")
    .problems(&[
        ProblemType::UnknownSku,
        ProblemType::LiveReservationExists,
        ProblemType::SoldOut,
        ProblemType::ExceedsTotal,
    ])
}

pub(super) struct ReserveRequest {
    sku: Sku,
    user_id: UserId,
    quantity: Quantity,
}

impl FromFields for ReserveRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let sku = fields.required("sku", text(Sku::parse));
        let user_id = fields.required("user_id", text(NewUserId::parse));
        let quantity = number_or_digits(1..=MAX_QUANTITY).about("The units to reserve.");
        let quantity = fields.defaulted("quantity", quantity, 1);
        Some(Self {
            sku: sku?,
            user_id: user_id?.0,
            quantity: Quantity::new(quantity?)?,
        })
    }
}

pub(super) async fn reserve(
    State(lanes): State<Lanes>,
    State(index): State<ReservationIndex>,
    deadline: Deadline,
    caller: Caller,
    cost: RequestCost,
    Key(idempotency_key): Key,
    Body(request): Body<ReserveRequest>,
) -> Result<Reply<ReservationView>, Problem> {
    if !caller.may_act_for(&request.user_id) {
        return Err(access::other_user());
    }
    cost.charge_user(&request.user_id).await?;
    let command = Reserve {
        sku: request.sku,
        user_id: request.user_id,
        quantity: request.quantity,
        reservation_id: ReservationId::random(),
        idempotency_key,
        actor: caller.actor(),
    };
    let Reserved {
        reservation,
        position,
        disposition,
        replayed,
    } = lanes.submit(command, deadline).await??;
    index.insert(&reservation);
    let status = match disposition {
        Disposition::Held => StatusCode::CREATED,
        Disposition::Waitlisted => StatusCode::ACCEPTED,
        Disposition::Existing => StatusCode::OK,
    };
    let view = ReservationView::new(reservation, position);
    Ok(Reply::new(status, view).replayed(replayed))
}

impl From<ReserveError> for Problem {
    fn from(error: ReserveError) -> Self {
        match error {
            ReserveError::UnknownSku => Self::unknown_sku(),
            ReserveError::LiveReservationExists {
                reservation,
                position,
            } => {
                let units = reservation.quantity.units();
                let detail = format!(
                    "The user already has a live reservation of {units} units of this SKU."
                );
                let view = ReservationView::new(*reservation, position);
                match serde_json::to_value(view) {
                    Ok(view) => {
                        let members = ProblemMembers {
                            reservation: Some(view),
                            ..ProblemMembers::default()
                        };
                        Self::new(ProblemType::LiveReservationExists, detail).with_members(members)
                    }
                    Err(error) => {
                        tracing::error!(%error, "cannot serialize a reservation");
                        Self::internal()
                    }
                }
            }
            ReserveError::SoldOut {
                available,
                waitlist_size,
                waitlist_limit,
            } => {
                let detail =
                    format!("Available units: {available}. The waitlist is closed or full.");
                Self::new(ProblemType::SoldOut, detail).with_members(ProblemMembers {
                    available_quantity: Some(available),
                    waitlist_size: Some(waitlist_size),
                    waitlist_limit: Some(waitlist_limit),
                    ..ProblemMembers::default()
                })
            }
            ReserveError::ExceedsTotal { total } => Self::new(
                ProblemType::ExceedsTotal,
                format!("The SKU has {total} units in total."),
            ),
            ReserveError::KeyReused => Self::new(
                ProblemType::IdempotencyKeyReused,
                "The key was used to reserve this SKU with a different body.",
            ),
        }
    }
}
