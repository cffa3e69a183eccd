//! `GET /inventory/{sku}/ledger`.

use axum::extract::{FromRef, State};
use schemars::JsonSchema;
use sqlx::PgPool;

use super::{LedgerView, store};
use crate::database::in_time;
use crate::http::{
    Call, Code, Fields, FromFields, Page, PageRequest, Path, Problem, Query, Reply, Routes, Rule,
    Shared, SkuField, text,
};
use crate::inventory;

/// The routes of this feature.
pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S> + Shared,
{
    let call = Call::new("listLedger", "List every change of a SKU, in order")
        .answers(200, "A page of the ledger.")
        .refuses(&[Code::UnknownSku]);
    Routes::new("Stock").get("/inventory/{sku}/ledger", list, call)
}

/// Which end of the ledger comes first.
#[derive(Clone, Copy, JsonSchema)]
#[schemars(inline, rename_all = "lowercase")]
enum Order {
    /// In the order of the changes.
    Oldest,
    /// The latest change first.
    Newest,
}

impl Order {
    fn parse(name: &str) -> Result<Self, &'static str> {
        match name {
            "oldest" => Ok(Self::Oldest),
            "newest" => Ok(Self::Newest),
            _ => Err("must be oldest or newest, which comes first"),
        }
    }
}

struct ListRequest {
    page: PageRequest<i64>,
    order: Order,
}

impl FromFields for ListRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let page = PageRequest::from_fields(fields, |key| key.parse().ok());
        let order = fields.optional(
            "order",
            text(Order::parse).about("Which end comes first. Absent: the oldest."),
        );
        Some(Self {
            page: page?,
            order: order?.unwrap_or(Order::Oldest),
        })
    }
}

async fn list(
    State(pool): State<PgPool>,
    Path(SkuField(sku)): Path<SkuField>,
    Query(ListRequest { page, order }): Query<ListRequest>,
) -> Result<Reply<Page<LedgerView>>, Problem> {
    let entries = in_time(async {
        let rows = page.rows();
        match order {
            Order::Oldest => store::list(&pool, &sku, page.after.unwrap_or(0), rows).await,
            Order::Newest => store::latest(&pool, &sku, page.after.unwrap_or(i64::MAX), rows).await,
        }
    })
    .await?;
    if entries.is_empty() && !in_time(inventory::store::exists(&pool, &sku)).await? {
        return Err(Problem::unknown_sku());
    }
    Ok(Reply::ok(page.page(entries, |last| last.entry.to_string())))
}
