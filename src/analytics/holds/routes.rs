//! `GET /analytics/inventory/{sku}/holds`.

use axum::extract::{FromRef, State};
use chrono::TimeDelta;
use sqlx::PgPool;

use super::model::Holds;
use super::store;
use crate::analytics::store::created_at;
use crate::analytics::window::{Asked, Window, at_fault};
use crate::database::in_time;
use crate::http::{
    Call, Code, Fields, FromFields, Path, Problem, Query, Reply, Routes, Shared, SkuField,
};

/// The longest stretch: reservations are counted one by one.
const LONGEST: TimeDelta = TimeDelta::days(31);

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

struct HoldsRequest(Asked);

impl FromFields for HoldsRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Asked::from_fields(fields).map(Self)
    }
}

async fn show(
    State(pool): State<PgPool>,
    Path(SkuField(sku)): Path<SkuField>,
    Query(HoldsRequest(asked)): Query<HoldsRequest>,
) -> Result<Reply<Holds>, Problem> {
    let created = in_time(created_at(&pool, &sku)).await?;
    let (created_at, now) = created.ok_or_else(Problem::unknown_sku)?;
    let Window { from, to } = asked.at(now, created_at)?;
    if to - from > LONGEST {
        return Err(at_fault("from", "must be at most 31 days before `to`"));
    }
    // Ids bear the time of the process that made them, which may be ahead of the database's.
    let until = asked.ends_before(now).then_some(to);
    let (figures, top_users) = in_time(store::holds(&pool, &sku, from, until)).await?;
    Ok(Reply::ok(Holds {
        sku,
        from,
        to,
        figures,
        top_users,
    }))
}
