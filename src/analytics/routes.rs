//! `GET /analytics/…`.

use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::get;
use sqlx::PgPool;

use super::insight::{Insight, Teller};
use super::{Health, history, holds, store};
use crate::database::in_time;
use crate::http::{Fields, FromFields, Page, PageRequest, Path, Problem, Query, Reply, SkuField};
use crate::inventory::Sku;

/// The routes of this feature.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    Teller: FromRef<S>,
{
    Router::new()
        .route("/analytics/inventory", get(list))
        .route("/analytics/inventory/{sku}", get(show))
        .route("/analytics/ai/inventory/{sku}", get(explain))
        .merge(history::routes())
        .merge(holds::routes())
}

async fn health_of(pool: &PgPool, sku: &Sku) -> Result<Health, Problem> {
    in_time(store::find(pool, sku))
        .await?
        .ok_or_else(Problem::unknown_sku)
}

async fn show(
    State(pool): State<PgPool>,
    Path(SkuField(sku)): Path<SkuField>,
) -> Result<Reply<Health>, Problem> {
    Ok(Reply::ok(health_of(&pool, &sku).await?))
}

async fn explain(
    State(pool): State<PgPool>,
    State(teller): State<Teller>,
    Path(SkuField(sku)): Path<SkuField>,
) -> Result<Reply<Insight>, Problem> {
    let health = health_of(&pool, &sku).await?;
    let insight = in_time(async { Ok(teller.tell(health).await) }).await??;
    Ok(Reply::ok(insight))
}

struct ListRequest(PageRequest<Sku>);

impl FromFields for ListRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        PageRequest::from_fields(fields, |key| Sku::parse(key).ok()).map(Self)
    }
}

async fn list(
    State(pool): State<PgPool>,
    Query(ListRequest(page)): Query<ListRequest>,
) -> Result<Reply<Page<Health>>, Problem> {
    let rows = in_time(store::list(&pool, page.after.as_ref(), page.rows())).await?;
    Ok(Reply::ok(page.page(rows, |last| last.sku.to_string())))
}
