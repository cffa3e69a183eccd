//! `GET /analytics/inventory/{sku}/history`.

use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::get;
use sqlx::PgPool;

use super::model::{History, bucket_seconds, ends};
use super::store;
use crate::analytics::store::created_at;
use crate::analytics::window::{Asked, Window};
use crate::database::in_time;
use crate::http::{Fields, FromFields, Path, Problem, Query, Reply, SkuField, number_or_digits};

pub(in crate::analytics) fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
{
    Router::new().route("/analytics/inventory/{sku}/history", get(show))
}

struct HistoryRequest {
    asked: Asked,
    buckets: i64,
}

impl FromFields for HistoryRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let asked = Asked::from_fields(fields);
        let buckets = fields.optional("buckets", |v| number_or_digits(v, 1..=500));
        Some(Self {
            asked: asked?,
            buckets: buckets?.unwrap_or(120),
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
