//! `GET /inventory/{sku}/ledger`.

mod view;

use axum::extract::State;
use schemars::JsonSchema;
use sqlx::PgPool;

use super::fields::SkuField;
use super::policy::{RoutePolicy, Routes};
use crate::access::Permission;
use crate::deadline::Deadline;
use crate::http::{
    Fields, FromFields, Operation, Page, PageRequest, Path, Problem, ProblemType, Query, Reply,
    Rule, text,
};
use crate::inventory;
use crate::ledger::store;

pub use view::LedgerView;

pub(super) fn routes() -> Routes {
    let policy = RoutePolicy::read(Permission::ReadAll);
    let operation = Operation::new("listLedger", "List every change of a SKU, in order")
        .response(200, "A page of the ledger.")
        .problems(&[ProblemType::UnknownSku]);
    Routes::new("Stock").get("/inventory/{sku}/ledger", policy, list, operation)
}

/// The order of the entries.
#[derive(Clone, Copy, JsonSchema)]
#[schemars(inline, rename_all = "lowercase")]
enum EntryOrder {
    /// Oldest change first.
    Oldest,
    /// Latest change first.
    Newest,
}

impl EntryOrder {
    fn parse(name: &str) -> Result<Self, &'static str> {
        match name {
            "oldest" => Ok(Self::Oldest),
            "newest" => Ok(Self::Newest),
            _ => Err("must be oldest or newest"),
        }
    }
}

struct LedgerRequest {
    page: PageRequest<i64>,
    order: EntryOrder,
}

impl FromFields for LedgerRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let page = PageRequest::from_fields(fields, |key| key.parse().ok());
        let order = fields.optional(
            "order",
            text(EntryOrder::parse).about("The order of the entries. Absent: oldest first."),
        );
        Some(Self {
            page: page?,
            order: order?.unwrap_or(EntryOrder::Oldest),
        })
    }
}

async fn list(
    State(pool): State<PgPool>,
    deadline: Deadline,
    Path(SkuField(sku)): Path<SkuField>,
    Query(LedgerRequest { page, order }): Query<LedgerRequest>,
) -> Result<Reply<Page<LedgerView>>, Problem> {
    let entries = deadline
        .run(async {
            let rows = page.rows();
            match order {
                EntryOrder::Oldest => store::list(&pool, &sku, page.after.unwrap_or(0), rows).await,
                EntryOrder::Newest => {
                    store::latest(&pool, &sku, page.after.unwrap_or(i64::MAX), rows).await
                }
            }
        })
        .await?;
    if entries.is_empty() && !deadline.run(inventory::store::exists(&pool, &sku)).await? {
        return Err(Problem::unknown_sku());
    }
    let page = page.page(entries, |last| last.entry.to_string());
    Ok(Reply::ok(page.map(LedgerView::from)))
}
