//! A ledger row as the API shows it.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ledger::{LedgerKind, LedgerRow};

/// One change of stock or of a reservation's status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "LedgerEntry", example = example())]
pub struct LedgerView {
    /// The number of the entry within its SKU.
    #[schemars(range(min = 1))]
    pub entry: i64,
    /// What happened.
    #[schemars(with = "LedgerKind")]
    pub kind: String,
    /// The reservation; null for a change of stock.
    pub reservation_id: Option<Uuid>,
    /// The units; negative when stock was removed.
    pub quantity: i32,
    /// Change of the available units.
    pub available_delta: i32,
    /// Change of the units held.
    pub reserved_delta: i32,
    /// Change of the units sold.
    pub sold_delta: i32,
    /// Change of the total.
    pub total_delta: i32,
    /// The SKU's version after the change.
    #[schemars(range(min = 1))]
    pub version: i64,
    /// When the change was recorded.
    pub recorded_at: DateTime<Utc>,
    /// The reason of a restock; null if none was given.
    pub reason: Option<String>,
    /// Who made the change; absent for requests without a credential.
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

impl From<LedgerRow> for LedgerView {
    fn from(row: LedgerRow) -> Self {
        Self {
            entry: row.entry,
            kind: row.kind,
            reservation_id: row.reservation_id,
            quantity: row.quantity,
            available_delta: row.available_delta,
            reserved_delta: row.reserved_delta,
            sold_delta: row.sold_delta,
            total_delta: row.total_delta,
            version: row.version,
            recorded_at: row.recorded_at,
            reason: row.reason,
            actor: row.actor,
        }
    }
}
