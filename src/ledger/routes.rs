//! `GET /inventory/{sku}/ledger`.

use axum::extract::{FromRef, State};
use sqlx::PgPool;

use super::{LedgerView, store};
use crate::database::in_time;
use crate::http::{
    Call, Code, Fields, FromFields, Page, PageRequest, Path, Problem, Query, Reply, Routes, Shared,
    SkuField,
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

struct ListRequest(PageRequest<i64>);

impl FromFields for ListRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        PageRequest::from_fields(fields, |key| key.parse().ok()).map(Self)
    }
}

async fn list(
    State(pool): State<PgPool>,
    Path(SkuField(sku)): Path<SkuField>,
    Query(ListRequest(page)): Query<ListRequest>,
) -> Result<Reply<Page<LedgerView>>, Problem> {
    let listed = store::list(&pool, &sku, page.after.unwrap_or(0), page.rows());
    let entries = in_time(listed).await?;
    if entries.is_empty() && !in_time(inventory::store::exists(&pool, &sku)).await? {
        return Err(Problem::unknown_sku());
    }
    Ok(Reply::ok(page.page(entries, |last| last.entry.to_string())))
}
