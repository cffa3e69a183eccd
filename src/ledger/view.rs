//! A ledger row as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// The ledger object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerView {
    /// The number of the row within its SKU.
    pub entry: i64,
    /// What happened.
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
    pub version: i64,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// Why, in the words of whoever restocked.
    pub reason: Option<String>,
    /// Who asked for it; left out where nobody had to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
}
