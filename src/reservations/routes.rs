//! `POST /inventory/reserve`, `POST /checkout/…`, `GET /reservations…`.

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::query::{self, Filter, Listed};
use super::{
    Reservation, ReservationId, ReservationIndex, ReservationStatus, ReservationView, UserId,
};
use crate::access::{self, Caller};
use crate::allocation::{
    Cancel, CancelError, Confirm, ConfirmError, Lanes, Reserve, ReserveError, Reserved,
    TypedCommand,
};
use crate::database::in_time;
use crate::http::{
    Body, Call, Code, Fields, FromFields, Key, Page, PageRequest, Path, Problem, Query, Reply,
    ReservationIdField, Routes, Rule, Shared, number_or_digits, or_empty, text,
};
use crate::idempotency::Disposition;
use crate::inventory::{MAX_QUANTITY, Quantity, Sku};
use crate::limits::RequestCost;

const EXAMPLE_ID: &str = "019b8d2c-6f00-7000-8000-5d1c7a2f9e10";

/// The routes of this feature.
pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S> + Shared,
    Lanes: FromRef<S> + Shared,
    ReservationIndex: FromRef<S> + Shared,
{
    Routes::new("Reservations")
        .post("/inventory/reserve", reserve, reserve_call())
        .post("/checkout/confirm", confirm, confirm_call())
        .post("/checkout/cancel", cancel, cancel_call())
        .get(
            "/reservations",
            list,
            Call::new("listReservations", "List reservations, the newest first")
                .answers(200, "A page of those that every filter lets through."),
        )
        .get(
            "/reservations/{reservation_id}",
            show,
            Call::new("showReservation", "Show a reservation as it is now")
                .about("Past `expires_at` a hold reads EXPIRED.")
                .answers(200, "The reservation.")
                .refuses(&[Code::UnknownReservation]),
        )
}

fn reserve_call() -> Call {
    Call::new(
        "reserve",
        "Hold stock for a user, or put them on the waitlist",
    )
    .about("While anyone waits, a newcomer waits behind them.")
    .asked(json!({"sku": "SKU123", "user_id": "userA", "quantity": 1}))
    .answers(201, "RESERVED: the hold lasts until `expires_at`.")
    .answers(
        202,
        "WAITLISTED: a hold begins when it is the reservation's turn.",
    )
    .answers(
        200,
        "The user's live reservation of the same quantity, again.",
    )
    .refuses(&[
        Code::UnknownSku,
        Code::LiveReservationExists,
        Code::SoldOut,
        Code::ExceedsTotal,
    ])
}

fn confirm_call() -> Call {
    Call::new("confirm", "Turn a hold into a sale")
        .asked(json!({"reservation_id": EXAMPLE_ID}))
        .answers(200, "CONFIRMED, now or before.")
        .refuses(&[
            Code::UnknownReservation,
            Code::NotConfirmable,
            Code::ReservationExpired,
        ])
}

fn cancel_call() -> Call {
    Call::new("cancel", "End a hold, or leave the waitlist")
        .about("The stock is offered on in the same transaction.")
        .asked(json!({"reservation_id": EXAMPLE_ID}))
        .answers(200, "CANCELLED, now or before.")
        .refuses(&[
            Code::UnknownReservation,
            Code::AlreadyConfirmed,
            Code::ReservationExpired,
        ])
}

struct ReserveRequest {
    sku: Sku,
    user_id: UserId,
    quantity: Quantity,
}

impl FromFields for ReserveRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let sku = fields.required("sku", text(Sku::parse));
        let user_id = fields.required("user_id", text(UserId::parse));
        let quantity = number_or_digits(1..=MAX_QUANTITY).about("How many units.");
        let quantity = fields.defaulted("quantity", quantity, 1);
        Some(Self {
            sku: sku?,
            user_id: user_id?,
            quantity: Quantity::new(quantity?)?,
        })
    }
}

async fn reserve(
    State(lanes): State<Lanes>,
    State(known): State<ReservationIndex>,
    caller: Caller,
    cost: RequestCost,
    Key(idempotency_key): Key,
    Body(request): Body<ReserveRequest>,
) -> Result<Reply<ReservationView>, Problem> {
    if !caller.may_act_for(&request.user_id) {
        return Err(access::forbidden());
    }
    cost.charge_user(&request.user_id).await?;
    let ask = Reserve {
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
    } = lanes.submit(ask).await??;
    known.remember(&reservation);
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
                let detail = format!("The user has a live reservation of {units} for this SKU.");
                Self::new(Code::LiveReservationExists, detail)
                    .with_reservation(ReservationView::new(*reservation, position))
            }
            ReserveError::SoldOut => Self::new(
                Code::SoldOut,
                "Nothing is available, and the waitlist is closed or full.",
            ),
            ReserveError::ExceedsTotal { total } => Self::new(
                Code::ExceedsTotal,
                format!("The SKU has {total} units in all."),
            ),
            ReserveError::KeyReused => Self::new(
                Code::IdempotencyKeyReused,
                "The key was used to reserve this SKU with another body.",
            ),
        }
    }
}

async fn confirm(
    State(lanes): State<Lanes>,
    State(known): State<ReservationIndex>,
    caller: Caller,
    Body(ReservationIdField(reservation_id)): Body<ReservationIdField>,
) -> Result<Reply<ReservationView>, Problem> {
    let confirm = |sku| Confirm {
        sku,
        reservation_id,
        actor: caller.actor(),
    };
    check_out(&lanes, &known, reservation_id, confirm).await
}

impl From<ConfirmError> for Problem {
    fn from(error: ConfirmError) -> Self {
        match error {
            ConfirmError::UnknownReservation => Self::unknown_reservation(),
            ConfirmError::NotConfirmable(status) => Self::new(
                Code::NotConfirmable,
                format!("The reservation is {}.", status.name()),
            ),
            ConfirmError::Expired(at) => expired(at),
        }
    }
}

async fn cancel(
    State(lanes): State<Lanes>,
    State(known): State<ReservationIndex>,
    caller: Caller,
    Body(ReservationIdField(reservation_id)): Body<ReservationIdField>,
) -> Result<Reply<ReservationView>, Problem> {
    let cancel = |sku| Cancel {
        sku,
        reservation_id,
        actor: caller.actor(),
    };
    check_out(&lanes, &known, reservation_id, cancel).await
}

/// Finds the SKU of a reservation, which is where its commands are decided, and asks there.
async fn check_out<A, E>(
    lanes: &Lanes,
    known: &ReservationIndex,
    reservation_id: ReservationId,
    ask: impl FnOnce(Sku) -> A,
) -> Result<Reply<ReservationView>, Problem>
where
    A: TypedCommand<Answer = Result<Reservation, E>>,
    Problem: From<E>,
{
    let sku = in_time(known.sku_of(reservation_id)).await?;
    let ask = ask(sku.ok_or_else(Problem::unknown_reservation)?);
    let reservation = lanes.submit(ask).await??;
    Ok(Reply::ok(ReservationView::new(reservation, None)))
}

impl From<CancelError> for Problem {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::UnknownReservation => Self::unknown_reservation(),
            CancelError::AlreadyConfirmed => Self::new(
                Code::AlreadyConfirmed,
                "The reservation is CONFIRMED and can't be cancelled.",
            ),
            CancelError::Expired(at) => expired(at),
        }
    }
}

fn expired(at: chrono::DateTime<chrono::Utc>) -> Problem {
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
    Problem::new(Code::ReservationExpired, format!("The hold ended at {at}."))
}

async fn show(
    State(pool): State<PgPool>,
    Path(ReservationIdField(reservation_id)): Path<ReservationIdField>,
) -> Result<Reply<ReservationView>, Problem> {
    let found = in_time(query::find(&pool, reservation_id)).await?;
    let (reservation, position) = found.ok_or_else(Problem::unknown_reservation)?;
    Ok(Reply::ok(ReservationView::new(reservation, position)))
}

struct ListRequest {
    filter: Filter,
    page: PageRequest<ReservationId>,
}

impl FromFields for ListRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let sku = or_empty(text(Sku::parse)).about("Only those of this SKU.");
        let sku = fields.optional("sku", sku);
        let user_id = or_empty(text(UserId::parse)).about("Only those of this user.");
        let user_id = fields.optional("user_id", user_id);
        let status = or_empty(text(status)).about("Only those that stand so now.");
        let status = fields.optional("status", status);
        let page = PageRequest::from_fields(fields, |key| {
            Uuid::parse_str(key).ok().map(ReservationId::from)
        });
        Some(Self {
            filter: Filter {
                sku: sku?.flatten(),
                user_id: user_id?.flatten(),
                status: status?.flatten(),
            },
            page: page?,
        })
    }
}

fn status(name: &str) -> Result<ReservationStatus, &'static str> {
    ReservationStatus::from_name(name)
        .ok_or("must be WAITLISTED, RESERVED, CONFIRMED, CANCELLED or EXPIRED")
}

async fn list(
    State(pool): State<PgPool>,
    caller: Caller,
    Query(request): Query<ListRequest>,
) -> Result<Reply<Page<ReservationView>>, Problem> {
    let ListRequest { mut filter, page } = request;
    let own = caller.confined_to();
    let asked = filter.user_id.as_ref();
    let listed = if own.is_some_and(|own| asked.is_some_and(|asked| asked != own)) {
        Listed::default()
    } else {
        filter.user_id = filter.user_id.or_else(|| own.cloned());
        in_time(query::list(&pool, &filter, page.after, page.rows())).await?
    };
    let Listed {
        found,
        examined_until,
    } = listed;
    let page = page.page(found, |(last, _)| last.reservation_id.to_string());
    let page = page.up_to(examined_until.map(|id| id.to_string()));
    let page = page.map(|(reservation, position)| ReservationView::new(reservation, position));
    Ok(Reply::ok(page))
}
