//! A ledger row as the API shows it.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::LedgerKind;

/// One change of stock or of a reservation's status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "LedgerEntry", example = example())]
pub struct LedgerView {
    /// The number of the row within its SKU.
    #[schemars(range(min = 1))]
    pub entry: i64,
    /// What happened.
    #[schemars(with = "LedgerKind")]
    pub kind: String,
    /// To which reservation; null for stock itself.
    pub reservation_id: Option<Uuid>,
    /// Units that the change is about; negative when stock was taken away.
    pub quantity: i32,
    /// Change of the available units.
    pub available_delta: i32,
    /// Change of the units in holds.
    pub reserved_delta: i32,
    /// Change of the units sold.
    pub sold_delta: i32,
    /// Change of all units.
    pub total_delta: i32,
    /// The SKU's version after the change.
    #[schemars(range(min = 1))]
    pub version: i64,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// Why, in the words of whoever restocked; null where none were given.
    pub reason: Option<String>,
    /// Who asked for it; left out where nobody had to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub actor: Option<String>,
}

fn example() -> Value {
    json!({
        "entry": 2,
        "kind": "RESERVED",
        "reservation_id": "019b8d2c-6f00-7000-8000-5d1c7a2f9e10",
        "quantity": 1,
        "available_delta": -1,
        "reserved_delta": 1,
        "sold_delta": 0,
        "total_delta": 0,
        "version": 2,
        "recorded_at": "2026-01-05T09:00:00.123456Z",
        "reason": null,
    })
}
