//! `GET /analytics/…`.

use std::sync::Arc;

use axum::extract::{FromRef, State};
use sqlx::PgPool;

use super::insight::{Insight, SummaryCache};
use super::{Health, history, holds, store};
use crate::database::in_time;
use crate::http::{
    Call, Code, Fields, FromFields, Page, PageRequest, Path, Problem, Query, Reply, Routes, Shared,
    SkuField,
};
use crate::inventory::Sku;

/// The routes of this feature.
pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S> + Shared,
    Arc<SummaryCache>: FromRef<S> + Shared,
{
    Routes::new("Analytics")
        .get(
            "/analytics/inventory",
            list,
            Call::new("listHealth", "List how all SKUs stand").answers(200, "A page of SKUs."),
        )
        .get(
            "/analytics/inventory/{sku}",
            show,
            Call::new("showHealth", "Show how a SKU stands")
                .answers(200, "How it stands.")
                .refuses(&[Code::UnknownSku]),
        )
        .get(
            "/analytics/ai/inventory/{sku}",
            explain,
            Call::new(
                "explainInventory",
                "Tell in words how a SKU stands and what to do",
            )
            .about("Always answers: without a model, fixed rules speak.")
            .answers(200, "The words.")
            .refuses(&[Code::UnknownSku]),
        )
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
    State(summaries): State<Arc<SummaryCache>>,
    Path(SkuField(sku)): Path<SkuField>,
) -> Result<Reply<Insight>, Problem> {
    let health = health_of(&pool, &sku).await?;
    Ok(Reply::ok(in_time(summaries.get(health)).await?))
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
