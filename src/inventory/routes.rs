//! `POST /inventory/init`, `POST /inventory/restock`, `GET /inventory/{sku}`.

use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::{StatusCode, Uri};
use axum::routing::{get, post};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgPool;

use super::store::{self, Initialized};
use super::{DefaultHoldTtl, InventoryView, MAX_QUANTITY, NewInventory, Sku, StockChange};
use crate::access::Caller;
use crate::allocation::{Lanes, Restock, RestockError};
use crate::database::in_time;
use crate::http::{
    Body, Code, Fields, FromFields, Key, Path, Problem, Reply, SkuField, number_or_digits, text,
    whole_number,
};

/// The shortest and the longest hold of the full tier, in seconds.
const HOLD_TTL: std::ops::RangeInclusive<i64> = 5..=86_400;

/// The routes of this feature.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S>,
    Lanes: FromRef<S>,
    DefaultHoldTtl: FromRef<S>,
{
    Router::new()
        .route("/inventory/init", post(init).get(show_namesake))
        .route("/inventory/restock", post(restock).get(show_namesake))
        .route("/inventory/reserve", get(show_namesake))
        .route("/inventory/{sku}", get(show))
}

struct InitRequest {
    sku: Sku,
    quantity: i32,
    hold_ttl_seconds: Option<i32>,
    waitlist_limit: Option<i64>,
}

impl FromFields for InitRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let sku = fields.required("sku", |v| text(v, Sku::parse));
        let quantity = fields.required("quantity", |v| number_or_digits(v, 0..=MAX_QUANTITY));
        let ttl = fields.optional("hold_ttl_seconds", |v| whole_number(v, HOLD_TTL));
        let limit = fields.optional("waitlist_limit", waitlist_limit);
        Some(Self {
            sku: sku?,
            quantity: i32::try_from(quantity?).ok()?,
            hold_ttl_seconds: ttl?.and_then(|ttl| i32::try_from(ttl).ok()),
            waitlist_limit: limit?.flatten(),
        })
    }
}

/// Null means no limit, as the inventory object shows it.
fn waitlist_limit(value: &Value) -> Result<Option<i64>, String> {
    if value.is_null() {
        return Ok(None);
    }
    whole_number(value, 0..=i64::MAX).map(Some)
}

#[derive(Serialize)]
struct InitReply {
    message: &'static str,
    #[serde(flatten)]
    inventory: InventoryView,
}

async fn init(
    State(pool): State<PgPool>,
    State(default_ttl): State<DefaultHoldTtl>,
    caller: Caller,
    Body(request): Body<InitRequest>,
) -> Result<Reply<InitReply>, Problem> {
    let new = NewInventory {
        sku: request.sku,
        quantity: request.quantity,
        hold_ttl_seconds: request.hold_ttl_seconds,
        waitlist_limit: request.waitlist_limit,
    };
    let actor = caller.actor();
    let initialized = store::initialize(&pool, &new, default_ttl, actor.as_ref());
    let (status, inventory) = match in_time(initialized).await? {
        Initialized::Created(inventory) => (StatusCode::CREATED, inventory),
        Initialized::Repeated(inventory) => (StatusCode::OK, inventory),
        Initialized::Different(_) => {
            let detail = format!("{} was initialized with other values.", new.sku);
            return Err(Problem::new(Code::SkuExists, detail));
        }
    };
    let reply = InitReply {
        message: "Inventory initialized",
        inventory: inventory.into(),
    };
    Ok(Reply::new(status, reply))
}

struct RestockRequest {
    sku: Sku,
    change: StockChange,
    reason: Option<String>,
}

impl FromFields for RestockRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let sku = fields.required("sku", |v| text(v, Sku::parse));
        let change = fields.required("quantity", stock_change);
        let reason = fields.optional("reason", reason);
        Some(Self {
            sku: sku?,
            change: change?,
            reason: reason?.flatten(),
        })
    }
}

fn stock_change(value: &Value) -> Result<StockChange, String> {
    let units = number_or_digits(value, -MAX_QUANTITY..=MAX_QUANTITY)?;
    StockChange::new(units).ok_or_else(|| "must not be 0".to_owned())
}

fn reason(value: &Value) -> Result<Option<String>, &'static str> {
    if value.is_null() {
        return Ok(None);
    }
    text(value, |reason| {
        let short = reason.chars().count() <= 500;
        let plain = !reason.chars().any(char::is_control);
        if short && plain {
            Ok(Some(reason.to_owned()))
        } else {
            Err("must be at most 500 characters, no control characters")
        }
    })
}

#[derive(Serialize)]
struct RestockReply {
    #[serde(flatten)]
    inventory: InventoryView,
    promoted: i64,
}

async fn restock(
    State(lanes): State<Lanes>,
    caller: Caller,
    Key(idempotency_key): Key,
    Body(request): Body<RestockRequest>,
) -> Result<Reply<RestockReply>, Problem> {
    let ask = Restock {
        sku: request.sku,
        change: request.change,
        reason: request.reason,
        idempotency_key,
        actor: caller.actor(),
    };
    let done = lanes.submit(ask).await??;
    let reply = RestockReply {
        inventory: done.inventory.into(),
        promoted: done.promoted,
    };
    Ok(Reply::ok(reply).replayed(done.replayed))
}

impl From<RestockError> for Problem {
    fn from(error: RestockError) -> Self {
        match error {
            RestockError::UnknownSku => Self::unknown_sku(),
            RestockError::InsufficientStock { available } => Self::new(
                Code::InsufficientStock,
                format!("Only {available} units are available to be taken away."),
            ),
            RestockError::KeyReused => Self::new(
                Code::IdempotencyKeyReused,
                "The key was used to restock this SKU with another body.",
            ),
        }
    }
}

async fn show(
    State(pool): State<PgPool>,
    Path(SkuField(sku)): Path<SkuField>,
) -> Result<Reply<InventoryView>, Problem> {
    let inventory = in_time(store::find(&pool, &sku))
        .await?
        .ok_or_else(Problem::unknown_sku)?;
    Ok(Reply::ok(inventory.into()))
}

/// Shows the SKU that bears the name of an endpoint, whose path is the same.
async fn show_namesake(
    State(pool): State<PgPool>,
    uri: Uri,
) -> Result<Reply<InventoryView>, Problem> {
    let name = uri.path().rsplit('/').next().unwrap_or_default();
    let sku = Sku::parse(name).map_err(|_| Problem::unknown_sku())?;
    show(State(pool), Path(SkuField(sku))).await
}
