//! `GET /analytics/inventory/{sku}/history`.

use axum::extract::{FromRef, State};
use sqlx::PgPool;

use super::model::{History, bucket_seconds, ends};
use super::store;
use crate::analytics::store::created_at;
use crate::analytics::window::{Asked, Window};
use crate::database::in_time;
use crate::http::{
    Call, Code, Fields, FromFields, Path, Problem, Query, Reply, Routes, Rule, Shared, SkuField,
    digits,
};

pub(in crate::analytics) fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S> + Shared,
{
    let call = Call::new("showHistory", "Show how the stock of a SKU stood over time")
        .answers(200, "How it stood at the end of each bucket.")
        .refuses(&[Code::UnknownSku]);
    Routes::new("Analytics").get("/analytics/inventory/{sku}/history", show, call)
}

struct HistoryRequest {
    asked: Asked,
    buckets: i64,
}

impl FromFields for HistoryRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let asked = Asked::from_fields(fields);
        let buckets = digits(1..=500).about("Into how many buckets the stretch is cut.");
        let buckets = fields.defaulted("buckets", buckets, 120);
        Some(Self {
            asked: asked?,
            buckets: buckets?,
        })
    }
}

async fn show(
    State(pool): State<PgPool>,
    Path(SkuField(sku)): Path<SkuField>,
    Query(request): Query<HistoryRequest>,
) -> Result<Reply<History>, Problem> {
    let created = in_time(created_at(&pool, &sku)).await?;
    let (created_at, now) = created.ok_or_else(Problem::unknown_sku)?;
    let Window { from, to } = request.asked.at(now, created_at)?;
    let items = in_time(store::points(&pool, &sku, &ends(from, to, request.buckets))).await?;
    Ok(Reply::ok(History {
        sku,
        from,
        to,
        bucket_seconds: bucket_seconds(from, to, request.buckets),
        items,
    }))
}
