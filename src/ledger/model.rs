//! One row of the ledger, and what it can tell.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;

use crate::access::Actor;
use crate::inventory::Sku;
use crate::reservations::{ReservationId, UserId};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, JsonSchema)]
#[schemars(rename_all = "UPPERCASE")]
pub enum LedgerKind {
    /// The SKU was set up.
    Initialized,
    /// Stock was added or taken away.
    Restocked,
    /// A hold began at once.
    Reserved,
    /// A reservation joined the waitlist.
    Waitlisted,
    /// A waiting reservation got freed stock.
    Promoted,
    /// A hold became a sale.
    Confirmed,
    /// A hold or a place in the line was given up.
    Cancelled,
    /// A hold ran out.
    Expired,
}

impl LedgerKind {
    /// The name that the API and the tables use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Initialized => "INITIALIZED",
            Self::Restocked => "RESTOCKED",
            Self::Reserved => "RESERVED",
            Self::Waitlisted => "WAITLISTED",
            Self::Promoted => "PROMOTED",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
        }
    }
}

/// By how much a change moves the four counters of a SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deltas {
    /// Change of the available units.
    pub available: i32,
    /// Change of the units in holds.
    pub reserved: i32,
    /// Change of the units sold.
    pub sold: i32,
    /// Change of all units.
    pub total: i32,
}

/// One change of stock or of a reservation's status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The SKU.
    pub sku: Sku,
    /// The number of the row within its SKU, which is the SKU's version after it.
    pub entry: i64,
    /// What happened.
    pub kind: LedgerKind,
    /// To which reservation; `None` for stock itself.
    pub reservation_id: Option<ReservationId>,
    /// Whose reservation; `None` for stock itself.
    pub user_id: Option<UserId>,
    /// Units that the change is about; negative when stock was taken away.
    pub quantity: i32,
    /// How it moved the counters.
    pub deltas: Deltas,
    /// When, by the database's clock.
    pub recorded_at: DateTime<Utc>,
    /// Why, in the words of whoever restocked.
    pub reason: Option<String>,
    /// Who asked for it; `None` where nobody had to say.
    pub actor: Option<Actor>,
}
