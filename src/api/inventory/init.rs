//! `POST /inventory/init`.

use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::view::{InventoryView, example_with};
use crate::access::Caller;
use crate::api::fields::NewSku;
use crate::deadline::Deadline;
use crate::http::{
    Body, Fields, FromFields, Operation, Problem, ProblemType, Reply, Rule, number_or_digits,
    or_null, text, whole_number,
};
use crate::inventory::store::{self, Initialized};
use crate::inventory::{DefaultHoldTtl, MAX_QUANTITY, NewInventory, Sku};

/// The shortest and the longest hold of the full tier, in seconds.
const HOLD_TTL: std::ops::RangeInclusive<i64> = 5..=86_400;

pub(super) fn operation() -> Operation {
    Operation::new("initializeInventory", "Create a SKU with its stock")
        .description("Existing stock is never overwritten; to change it, restock.")
        .example(json!({"sku": "SKU123", "quantity": 100}))
        .response(201, "The SKU was created.")
        .response(200, "The SKU already exists, with the same settings.")
        .problems(&[ProblemType::SkuExists])
}

pub(super) struct InitRequest {
    sku: Sku,
    quantity: i32,
    hold_ttl_seconds: Option<i32>,
    waitlist_limit: Option<i64>,
}

impl FromFields for InitRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let sku = fields.required("sku", text(NewSku::parse));
        let quantity = number_or_digits(0..=MAX_QUANTITY).about("The units in stock.");
        let quantity = fields.required("quantity", quantity);
        let ttl = whole_number(HOLD_TTL).about(
            "How long a hold of the full tier lasts, in seconds. Absent: the default of the service.",
        );
        let ttl = fields.optional("hold_ttl_seconds", ttl);
        let limit = or_null(whole_number(0..=i64::MAX))
            .about("The longest waitlist; 0 closes it. Absent or null: no limit.");
        let limit = fields.optional("waitlist_limit", limit);
        Some(Self {
            sku: sku?.0,
            quantity: i32::try_from(quantity?).ok()?,
            hold_ttl_seconds: ttl?.and_then(|ttl| i32::try_from(ttl).ok()),
            waitlist_limit: limit?.flatten(),
        })
    }
}

/// The inventory object and a message.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "InitializedInventory", example = initialized_example())]
pub(super) struct InitReply {
    /// `Inventory initialized`.
    message: &'static str,
    #[serde(flatten)]
    inventory: InventoryView,
}

fn initialized_example() -> Value {
    example_with("message", "Inventory initialized".into())
}

pub(super) async fn init(
    State(pool): State<PgPool>,
    State(default_ttl): State<DefaultHoldTtl>,
    deadline: Deadline,
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
    let (status, inventory) = match deadline.run(initialized).await? {
        Initialized::Created(inventory) => (StatusCode::CREATED, inventory),
        Initialized::Repeated(inventory) => (StatusCode::OK, inventory),
        Initialized::Different(_) => {
            let detail = format!("{} was initialized with other values.", new.sku);
            return Err(Problem::new(ProblemType::SkuExists, detail));
        }
    };
    let reply = InitReply {
        message: "Inventory initialized",
        inventory: inventory.into(),
    };
    Ok(Reply::new(status, reply))
}
