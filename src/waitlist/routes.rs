//! `GET /inventory/{sku}/waitlist`.

use axum::extract::{FromRef, State};
use sqlx::PgPool;

use super::{Sequence, WaitlistPosition, store};
use crate::database::in_time;
use crate::http::{
    Call, Code, Fields, FromFields, Page, PageRequest, Path, Problem, Query, Reply, Routes, Shared,
    SkuField,
};
use crate::inventory;
use crate::reservations::ReservationView;

/// The routes of this feature.
pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S> + Shared,
{
    let call = Call::new("listWaitlist", "List who waits for a SKU, in order")
        .answers(200, "A page of the line.")
        .refuses(&[Code::UnknownSku]);
    Routes::new("Stock").get("/inventory/{sku}/waitlist", list, call)
}

struct ListRequest(PageRequest<Sequence>);

impl FromFields for ListRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let key = |key: &str| key.parse().ok().map(Sequence);
        PageRequest::from_fields(fields, key).map(Self)
    }
}

async fn list(
    State(pool): State<PgPool>,
    Path(SkuField(sku)): Path<SkuField>,
    Query(ListRequest(page)): Query<ListRequest>,
) -> Result<Reply<Page<ReservationView>>, Problem> {
    let after = page.after.unwrap_or(Sequence(0));
    let waiting = in_time(store::list(&pool, &sku, after, page.rows())).await?;
    if waiting.is_empty() && !in_time(inventory::store::exists(&pool, &sku)).await? {
        return Err(Problem::unknown_sku());
    }
    let sequence = |place: Option<WaitlistPosition>| place.map_or(0, |place| place.sequence.0);
    let page = page.page(waiting, |(_, last)| sequence(*last).to_string());
    let page = page.map(|(reservation, place)| ReservationView::new(reservation, place));
    Ok(Reply::ok(page))
}
