//! `GET /inventory/{sku}/waitlist`.

use axum::extract::State;
use sqlx::PgPool;

use super::fields::SkuField;
use super::policy::{RoutePolicy, Routes};
use super::reservations::ReservationView;
use crate::access::Permission;
use crate::deadline::Deadline;
use crate::http::{
    Fields, FromFields, Operation, Page, PageRequest, Path, Problem, ProblemType, Query, Reply,
};
use crate::inventory;
use crate::waitlist::{Sequence, WaitlistPosition, store};

pub(super) fn routes() -> Routes {
    let policy = RoutePolicy::read(Permission::ReadAll);
    let operation = Operation::new("listWaitlist", "List the waitlist of a SKU, in order")
        .response(200, "A page of the waitlist.")
        .problems(&[ProblemType::UnknownSku]);
    Routes::new("Stock").get("/inventory/{sku}/waitlist", policy, list, operation)
}

struct WaitlistRequest(PageRequest<Sequence>);

impl FromFields for WaitlistRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let key = |key: &str| key.parse().ok().map(Sequence);
        PageRequest::from_fields(fields, key).map(Self)
    }
}

async fn list(
    State(pool): State<PgPool>,
    deadline: Deadline,
    Path(SkuField(sku)): Path<SkuField>,
    Query(WaitlistRequest(page)): Query<WaitlistRequest>,
) -> Result<Reply<Page<ReservationView>>, Problem> {
    let after = page.after.unwrap_or(Sequence(0));
    let waiting = deadline
        .run(store::list(&pool, &sku, after, page.rows()))
        .await?;
    if waiting.is_empty() && !deadline.run(inventory::store::exists(&pool, &sku)).await? {
        return Err(Problem::unknown_sku());
    }
    let sequence = |place: Option<WaitlistPosition>| place.map_or(0, |place| place.sequence.0);
    let page = page.page(waiting, |(_, last)| sequence(*last).to_string());
    let page = page.map(|(reservation, place)| ReservationView::new(reservation, place));
    Ok(Reply::ok(page))
}
