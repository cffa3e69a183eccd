//! `GET /analytics/inventory/{sku}/history`.

use axum::extract::{FromRef, State};
use sqlx::PgPool;

use super::model::{History, bucket_ends, bucket_seconds};
use super::store;
use crate::analytics::range::{Range, RangeRequest};
use crate::analytics::range_query::invalid_range;
use crate::analytics::store::created_at;
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
    range: RangeRequest,
    buckets: i64,
}

impl FromFields for HistoryRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let range = RangeRequest::from_fields(fields);
        let buckets = digits(1..=500).about("Number of buckets in the range.");
        let buckets = fields.defaulted("buckets", buckets, 120);
        Some(Self {
            range: range?,
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
    let range = request.range.resolve(now, created_at);
    let Range { from, to } = range.ok_or_else(invalid_range)?;
    let ends = bucket_ends(from, to, request.buckets);
    let items = in_time(store::points(&pool, &sku, &ends)).await?;
    Ok(Reply::ok(History {
        sku,
        from,
        to,
        bucket_seconds: bucket_seconds(from, to, request.buckets),
        items,
    }))
}
