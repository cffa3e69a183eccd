//! `POST /inventory/restock`.

use axum::extract::State;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Value, json};

use super::view::{InventoryView, example_with};
use crate::access::Caller;
use crate::allocation::{Lanes, Restock, RestockError};
use crate::api::inputs::Key;
use crate::deadline::Deadline;
use crate::http::{
    Body, Fields, FromFields, NumberOrDigits, Operation, Problem, ProblemMembers, ProblemType,
    Reply, Rule, number_or_digits, or_null, text,
};
use crate::inventory::{MAX_QUANTITY, Sku, StockChange};

pub(super) fn operation() -> Operation {
    Operation::new("restockInventory", "Add or remove available stock")
        .description("Added units go to the waitlist first, in the same transaction.")
        .example(json!({"sku": "SKU123", "quantity": 25, "reason": "delivery 4711"}))
        .response(200, "The SKU with its new stock.")
        .problems(&[ProblemType::UnknownSku, ProblemType::InsufficientStock])
}

pub(super) struct RestockRequest {
    sku: Sku,
    change: StockChange,
    reason: Option<String>,
}

impl FromFields for RestockRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let sku = fields.required("sku", text(Sku::parse));
        let change = Change(number_or_digits(-MAX_QUANTITY..=MAX_QUANTITY))
            .about("The units to add or, if negative, to remove.");
        let change = fields.required("quantity", change);
        let reason = or_null(text(Reason::parse)).about("The reason, for the ledger.");
        let reason = fields.optional("reason", reason);
        Some(Self {
            sku: sku?,
            change: change?,
            reason: reason?.flatten().map(|reason| reason.0),
        })
    }
}

/// Any change of stock but 0.
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

/// The reason of a restock.
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

/// The inventory object and the effect of the restock.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RestockedInventory", example = restocked_example())]
pub(super) struct RestockReply {
    #[serde(flatten)]
    inventory: InventoryView,
    /// The number of waiting reservations that got a hold.
    #[schemars(range(min = 0))]
    promoted: i64,
}

fn restocked_example() -> Value {
    example_with("promoted", 0.into())
}

pub(super) async fn restock(
    State(lanes): State<Lanes>,
    deadline: Deadline,
    caller: Caller,
    Key(idempotency_key): Key,
    Body(request): Body<RestockRequest>,
) -> Result<Reply<RestockReply>, Problem> {
    let command = Restock {
        sku: request.sku,
        change: request.change,
        reason: request.reason,
        idempotency_key,
        actor: caller.actor(),
    };
    let done = lanes.submit(command, deadline).await??;
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
            RestockError::InsufficientStock { available } => {
                let detail = format!("Only {available} units are available to remove.");
                Self::new(ProblemType::InsufficientStock, detail).with_members(ProblemMembers {
                    available_quantity: Some(available),
                    ..ProblemMembers::default()
                })
            }
            RestockError::KeyReused => Self::new(
                ProblemType::IdempotencyKeyReused,
                "The key was used to restock this SKU with a different body.",
            ),
        }
    }
}
