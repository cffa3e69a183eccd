//! Inventory health, insight, and figures over time.

mod history;
mod holds;
mod time_range;

use std::sync::Arc;

use axum::extract::State;
use sqlx::PgPool;

use super::fields::SkuField;
use super::policy::{RoutePolicy, Routes};
use crate::access::Permission;
use crate::analytics::insight::{Insight, SummaryCache};
use crate::analytics::{Health, store};
use crate::deadline::Deadline;
use crate::http::{
    Fields, FromFields, Operation, Page, PageRequest, Path, Problem, ProblemType, Query, Reply,
};
use crate::inventory::Sku;

pub(super) fn routes() -> Routes {
    let read = RoutePolicy::read(Permission::ReadStock);
    // It names the users who hold most.
    let holds = RoutePolicy::read(Permission::ReadAll);
    Routes::new("Analytics")
        .get("/analytics/inventory", read, list, list_operation())
        .get("/analytics/inventory/{sku}", read, show, show_operation())
        .get(
            "/analytics/ai/inventory/{sku}",
            read,
            explain,
            explain_operation(),
        )
        .get(
            "/analytics/inventory/{sku}/history",
            read,
            history::show,
            history::operation(),
        )
        .get(
            "/analytics/inventory/{sku}/holds",
            holds,
            holds::show,
            holds::operation(),
        )
}

fn list_operation() -> Operation {
    Operation::new("listHealth", "List the health of all SKUs").response(200, "A page of SKUs.")
}

fn show_operation() -> Operation {
    Operation::new("showHealth", "Get inventory health")
        .response(200, "The health of the SKU.")
        .problems(&[ProblemType::UnknownSku])
}

fn explain_operation() -> Operation {
    Operation::new("explainInventory", "Get a plain-language summary")
        .description("Written by the model, or by fixed rules if none is configured or it fails.")
        .response(200, "The summary.")
        .problems(&[ProblemType::UnknownSku])
}

async fn health_of(pool: &PgPool, deadline: Deadline, sku: &Sku) -> Result<Health, Problem> {
    deadline
        .run(store::find(pool, sku))
        .await?
        .ok_or_else(Problem::unknown_sku)
}

async fn show(
    State(pool): State<PgPool>,
    deadline: Deadline,
    Path(SkuField(sku)): Path<SkuField>,
) -> Result<Reply<Health>, Problem> {
    Ok(Reply::ok(health_of(&pool, deadline, &sku).await?))
}

async fn explain(
    State(pool): State<PgPool>,
    State(summaries): State<Arc<SummaryCache>>,
    deadline: Deadline,
    Path(SkuField(sku)): Path<SkuField>,
) -> Result<Reply<Insight>, Problem> {
    let health = health_of(&pool, deadline, &sku).await?;
    Ok(Reply::ok(summaries.get(health, deadline).await?))
}

struct HealthListRequest(PageRequest<Sku>);

impl FromFields for HealthListRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        PageRequest::from_fields(fields, |key| Sku::parse(key).ok()).map(Self)
    }
}

async fn list(
    State(pool): State<PgPool>,
    deadline: Deadline,
    Query(HealthListRequest(page)): Query<HealthListRequest>,
) -> Result<Reply<Page<Health>>, Problem> {
    let rows = deadline
        .run(store::list(&pool, page.after.as_ref(), page.rows()))
        .await?;
    Ok(Reply::ok(page.page(rows, |last| last.sku.to_string())))
}
