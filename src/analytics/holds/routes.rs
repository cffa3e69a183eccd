//! `GET /analytics/inventory/{sku}/holds`.

use axum::extract::{FromRef, State};
use chrono::TimeDelta;
use sqlx::PgPool;

use super::model::Holds;
use super::store;
use crate::analytics::range::{Range, RangeRequest};
use crate::analytics::range_query::{invalid_field, invalid_range};
use crate::analytics::store::created_at;
use crate::database::in_time;
use crate::http::{
    Call, Code, Fields, FromFields, Path, Problem, Query, Reply, Routes, Shared, SkuField,
};

/// Reservations are counted one by one, so the range is limited.
const MAX_LENGTH: TimeDelta = TimeDelta::days(31);

pub(in crate::analytics) fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S> + Shared,
{
    let call = Call::new("showHolds", "Tell how the holds of a SKU ended")
        .answers(200, "How they ended.")
        .refuses(&[Code::UnknownSku]);
    Routes::new("Analytics").get("/analytics/inventory/{sku}/holds", show, call)
}

struct HoldsRequest(RangeRequest);

impl FromFields for HoldsRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        RangeRequest::from_fields(fields).map(Self)
    }
}

async fn show(
    State(pool): State<PgPool>,
    Path(SkuField(sku)): Path<SkuField>,
    Query(HoldsRequest(request)): Query<HoldsRequest>,
) -> Result<Reply<Holds>, Problem> {
    let created = in_time(created_at(&pool, &sku)).await?;
    let (created_at, now) = created.ok_or_else(Problem::unknown_sku)?;
    let range = request.resolve(now, created_at);
    let Range { from, to } = range.ok_or_else(invalid_range)?;
    if to - from > MAX_LENGTH {
        return Err(invalid_field("from", "must be at most 31 days before `to`"));
    }
    // The time in an id comes from the clock of the process that created it, which may be ahead of
    // the database's clock.
    let until = request.ends_before(now).then_some(to);
    let (totals, top_users) = in_time(store::holds(&pool, &sku, from, until)).await?;
    Ok(Reply::ok(Holds {
        sku,
        from,
        to,
        totals,
        top_users,
    }))
}
