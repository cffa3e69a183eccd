//! SKUs: created, restocked and read.

mod init;
mod restock;
mod view;

use axum::extract::State;
use axum::http::Uri;
use sqlx::PgPool;

use super::fields::SkuField;
use super::policy::{RoutePolicy, Routes};
use crate::access::Permission;
use crate::deadline::Deadline;
use crate::http::{Operation, Path, Problem, ProblemType, Reply};
use crate::inventory::{Sku, store};

pub use view::InventoryView;

pub(super) fn routes() -> Routes {
    let read = RoutePolicy::read(Permission::ReadStock);
    let manage = RoutePolicy::command(Permission::ManageStock);
    Routes::new("Stock")
        .post("/inventory/init", manage, init::init, init::operation())
        .post(
            "/inventory/restock",
            manage,
            restock::restock,
            restock::operation(),
        )
        .get("/inventory/{sku}", read, show, show_operation())
        .undocumented("/inventory/init", read, show_namesake)
        .undocumented("/inventory/restock", read, show_namesake)
        .undocumented("/inventory/reserve", read, show_namesake)
}

fn show_operation() -> Operation {
    Operation::new("showInventory", "Get the stock of a SKU")
        .response(200, "The SKU.")
        .problems(&[ProblemType::UnknownSku])
}

async fn show(
    State(pool): State<PgPool>,
    deadline: Deadline,
    Path(SkuField(sku)): Path<SkuField>,
) -> Result<Reply<InventoryView>, Problem> {
    let inventory = deadline
        .run(store::find(&pool, &sku))
        .await?
        .ok_or_else(Problem::unknown_sku)?;
    Ok(Reply::ok(inventory.into()))
}

/// Shows a SKU whose name is also the path of an endpoint, such as `restock`.
async fn show_namesake(
    State(pool): State<PgPool>,
    deadline: Deadline,
    uri: Uri,
) -> Result<Reply<InventoryView>, Problem> {
    let name = uri.path().rsplit('/').next();
    let sku = name.and_then(|name| Sku::parse(name).ok());
    let sku = sku.ok_or_else(Problem::unknown_sku)?;
    show(State(pool), deadline, Path(SkuField(sku))).await
}
