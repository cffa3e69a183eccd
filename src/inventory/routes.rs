//! `POST /inventory/init`, `POST /inventory/restock`, `GET /inventory/{sku}`.

use axum::extract::{FromRef, State};
use axum::http::{StatusCode, Uri};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::store::{self, Initialized};
use super::view::example;
use super::{DefaultHoldTtl, InventoryView, MAX_QUANTITY, NewInventory, Sku, StockChange};
use crate::access::Caller;
use crate::allocation::{Lanes, Restock, RestockError};
use crate::database::in_time;
use crate::http::{
    Body, Call, Code, Fields, FromFields, Key, NumberOrDigits, Path, Problem, Reply, Routes, Rule,
    Shared, SkuField, number_or_digits, or_null, text, whole_number,
};

/// The shortest and the longest hold of the full tier, in seconds.
const HOLD_TTL: std::ops::RangeInclusive<i64> = 5..=86_400;

/// The routes of this feature.
pub fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    PgPool: FromRef<S> + Shared,
    Lanes: FromRef<S> + Shared,
    DefaultHoldTtl: FromRef<S> + Shared,
{
    Routes::new("Stock")
        .post("/inventory/init", init, initialize_call())
        .post("/inventory/restock", restock, restock_call())
        .get(
            "/inventory/{sku}",
            show,
            Call::new("showInventory", "Show the stock of a SKU, by state")
                .answers(200, "The SKU.")
                .refuses(&[Code::UnknownSku]),
        )
        .untold("/inventory/init", show_namesake)
        .untold("/inventory/restock", show_namesake)
        .untold("/inventory/reserve", show_namesake)
}

fn initialize_call() -> Call {
    Call::new("initializeInventory", "Set up a SKU with its stock")
        .about("Stock is never overwritten: to add some or take some away, restock.")
        .asked(json!({"sku": "SKU123", "quantity": 100}))
        .answers(201, "The SKU was set up.")
        .answers(200, "It was set up before, with the same values.")
        .refuses(&[Code::SkuExists])
}

fn restock_call() -> Call {
    Call::new(
        "restockInventory",
        "Add stock, or take available stock away",
    )
    .about("What is added serves the waitlist in the same transaction.")
    .asked(json!({"sku": "SKU123", "quantity": 25, "reason": "delivery 4711"}))
    .answers(200, "The SKU, with its new stock.")
    .refuses(&[Code::UnknownSku, Code::InsufficientStock])
}

struct InitRequest {
    sku: Sku,
    quantity: i32,
    hold_ttl_seconds: Option<i32>,
    waitlist_limit: Option<i64>,
}

impl FromFields for InitRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let sku = fields.required("sku", text(Sku::parse));
        let quantity = number_or_digits(0..=MAX_QUANTITY).about("How many units there are.");
        let quantity = fields.required("quantity", quantity);
        let ttl = whole_number(HOLD_TTL).about(
            "How long a hold of the full tier lasts, in seconds. Absent: the service's own.",
        );
        let ttl = fields.optional("hold_ttl_seconds", ttl);
        let limit = or_null(whole_number(0..=i64::MAX))
            .about("How many may wait; 0 closes the waitlist. Absent or null: no limit.");
        let limit = fields.optional("waitlist_limit", limit);
        Some(Self {
            sku: sku?,
            quantity: i32::try_from(quantity?).ok()?,
            hold_ttl_seconds: ttl?.and_then(|ttl| i32::try_from(ttl).ok()),
            waitlist_limit: limit?.flatten(),
        })
    }
}

/// The inventory object, with a word for people.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "InitializedInventory", example = initialized_example())]
struct InitReply {
    /// `Inventory initialized`.
    message: &'static str,
    #[serde(flatten)]
    inventory: InventoryView,
}

fn initialized_example() -> Value {
    with(example(), "message", "Inventory initialized".into())
}

fn with(mut example: Value, member: &str, value: Value) -> Value {
    example[member] = value;
    example
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
        let sku = fields.required("sku", text(Sku::parse));
        let change = Change(number_or_digits(-MAX_QUANTITY..=MAX_QUANTITY))
            .about("How many units are added or, when negative, taken away.");
        let change = fields.required("quantity", change);
        let reason = or_null(text(Reason::parse)).about("Why, for the ledger.");
        let reason = fields.optional("reason", reason);
        Some(Self {
            sku: sku?,
            change: change?,
            reason: reason?.flatten().map(|reason| reason.0),
        })
    }
}

/// The rule for a change of stock.
struct Change(NumberOrDigits);

impl Rule for Change {
    type Value = StockChange;

    fn read(&self, value: &Value) -> Result<StockChange, String> {
        StockChange::new(self.0.read(value)?).ok_or_else(|| "must not be 0".to_owned())
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        let zero = json_schema!({"enum": [0]});
        let zeros = json_schema!({"type": "string", "pattern": "^0+$"});
        json_schema!({
            "allOf": [self.0.schema(generator)],
            "not": {"anyOf": [zero, zeros]},
        })
    }
}

/// Why stock was changed.
#[derive(JsonSchema)]
#[schemars(inline)]
struct Reason(
    #[schemars(
        length(max = 500),
        regex(pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$")
    )]
    String,
);

impl Reason {
    fn parse(reason: &str) -> Result<Self, &'static str> {
        let short = reason.chars().count() <= 500;
        let plain = !reason.chars().any(char::is_control);
        if short && plain {
            Ok(Self(reason.to_owned()))
        } else {
            Err("must be at most 500 characters, no control characters")
        }
    }
}

/// The inventory object, with what the change of stock did.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RestockedInventory", example = restocked_example())]
struct RestockReply {
    #[serde(flatten)]
    inventory: InventoryView,
    /// How many waiting reservations now hold stock.
    #[schemars(range(min = 0))]
    promoted: i64,
}

fn restocked_example() -> Value {
    with(example(), "promoted", 0.into())
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
