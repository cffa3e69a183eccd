//! `GET /reservations`.

use axum::extract::State;
use sqlx::PgPool;
use uuid::Uuid;

use super::view::ReservationView;
use crate::access::Caller;
use crate::api::heavy_reads::HeavyReads;
use crate::deadline::Deadline;
use crate::http::{
    Fields, FromFields, Operation, Page, PageRequest, Problem, Query, Reply, Rule, or_empty, text,
};
use crate::inventory::Sku;
use crate::reservations::queries::{self, Filter, Listed};
use crate::reservations::{ReservationId, ReservationStatus, UserId};

pub(super) fn operation() -> Operation {
    Operation::new("listReservations", "List reservations, newest first")
        .response(200, "A page of the reservations that match every filter.")
}

pub(super) struct ReservationsRequest {
    filter: Filter,
    page: PageRequest<ReservationId>,
}

impl FromFields for ReservationsRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let sku = or_empty(text(Sku::parse)).about("Only reservations of this SKU.");
        let sku = fields.optional("sku", sku);
        let user_id = or_empty(text(UserId::parse)).about("Only reservations of this user.");
        let user_id = fields.optional("user_id", user_id);
        let status = or_empty(text(status)).about("Only reservations in this status.");
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

pub(super) async fn list(
    State(pool): State<PgPool>,
    State(heavy_reads): State<HeavyReads>,
    deadline: Deadline,
    caller: Caller,
    Query(request): Query<ReservationsRequest>,
) -> Result<Reply<Page<ReservationView>>, Problem> {
    let ReservationsRequest { mut filter, page } = request;
    let own = caller.confined_to();
    let asked = filter.user_id.as_ref();
    let listed = if own.is_some_and(|own| asked.is_some_and(|asked| asked != own)) {
        Listed::default()
    } else {
        filter.user_id = filter.user_id.or_else(|| own.cloned());
        let _permit = match filter.status {
            // Reads many reservations to find those of the status.
            Some(_) => Some(heavy_reads.begin().await?),
            None => None,
        };
        deadline
            .run(queries::list(&pool, &filter, page.after, page.rows()))
            .await?
    };
    let Listed {
        found,
        examined_until,
    } = listed;
    let page = page.page(found, |(last, _)| last.reservation_id.to_string());
    let page = page.up_to(examined_until.map(|id| id.to_string()));
    let page = page.map(|(reservation, place)| ReservationView::new(reservation, place));
    Ok(Reply::ok(page))
}
