//! `GET /analytics/inventory/{sku}/history`.

use axum::extract::State;
use sqlx::PgPool;

use super::time_range::{Range, RangeRequest};
use crate::analytics::history::{self, History, bucket_ends, bucket_seconds};
use crate::analytics::store::created_at;
use crate::api::fields::SkuField;
use crate::api::heavy_reads::HeavyReads;
use crate::deadline::Deadline;
use crate::http::{
    Fields, FromFields, Operation, Path, Problem, ProblemType, Query, Reply, Rule, digits,
};

pub(super) fn operation() -> Operation {
    Operation::new("showHistory", "Get the stock of a SKU over time")
        .response(200, "The stock at the end of each bucket.")
        .problems(&[ProblemType::UnknownSku])
}

pub(super) struct HistoryRequest {
    range: RangeRequest,
    buckets: i64,
}

impl FromFields for HistoryRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let range = RangeRequest::from_fields(fields);
        let buckets = digits(1..=500).about("The number of buckets.");
        let buckets = fields.defaulted("buckets", buckets, 120);
        Some(Self {
            range: range?,
            buckets: buckets?,
        })
    }
}

pub(super) async fn show(
    State(pool): State<PgPool>,
    State(heavy_reads): State<HeavyReads>,
    deadline: Deadline,
    Path(SkuField(sku)): Path<SkuField>,
    Query(request): Query<HistoryRequest>,
) -> Result<Reply<History>, Problem> {
    let _permit = heavy_reads.begin().await?;
    let created = deadline.run(created_at(&pool, &sku)).await?;
    let (created_at, now) = created.ok_or_else(Problem::unknown_sku)?;
    let Range { from, to } = request.range.at(now, created_at)?;
    let ends = bucket_ends(from, to, request.buckets);
    let items = deadline.run(history::points(&pool, &sku, &ends)).await?;
    Ok(Reply::ok(History {
        sku,
        from,
        to,
        bucket_seconds: bucket_seconds(from, to, request.buckets),
        items,
    }))
}
