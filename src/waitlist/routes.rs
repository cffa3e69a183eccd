//! `GET /inventory/{sku}/waitlist`.

use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::get;
use sqlx::PgPool;

use super::{Place, Sequence, store};
use crate::database::in_time;
use crate::http::{Fields, FromFields, Page, PageRequest, Path, Problem, Query, Reply, SkuField};
use crate::inventory;
use crate::reservations::ReservationView;

/// The routes of this feature.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Router::new().route("/inventory/{sku}/waitlist", get(list))
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
    let sequence = |place: Option<Place>| place.map_or(0, |place| place.sequence.0);
    let page = page.page(waiting, |(_, last)| sequence(*last).to_string());
    let page = page.map(|(reservation, place)| ReservationView::new(reservation, place));
    Ok(Reply::ok(page))
}
