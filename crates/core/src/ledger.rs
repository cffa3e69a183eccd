//! The ledger: every change once, for good.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;

use crate::ids::{Actor, ReservationId, Sku, UserId};

/// What a ledger entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, JsonSchema)]
#[schemars(rename_all = "UPPERCASE")]
pub enum LedgerKind {
    /// The SKU was created.
    Initialized,
    /// Stock was added or taken away.
    Restocked,
    /// A hold began without waiting.
    Reserved,
    /// A reservation joined the waitlist.
    Waitlisted,
    /// A waiting reservation got freed stock.
    Promoted,
    /// A hold became a sale.
    Confirmed,
    /// A hold ended early, or a reservation left the waitlist.
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

/// By how much an entry changes the four counters of a SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deltas {
    pub available: i32,
    pub reserved: i32,
    pub sold: i32,
    pub total: i32,
}

/// One change of stock or of the status of a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    pub sku: Sku,
    /// The number of the entry within its SKU, which is the SKU's version after it.
    pub entry: i64,
    pub kind: LedgerKind,
    /// `None` when the stock itself changed.
    pub reservation_id: Option<ReservationId>,
    /// The owner of the reservation; `None` when the stock itself changed.
    pub user_id: Option<UserId>,
    /// The units concerned; negative when stock was taken away.
    pub quantity: i32,
    pub deltas: Deltas,
    /// By the database's clock.
    pub recorded_at: DateTime<Utc>,
    /// The reason given with a restock.
    pub reason: Option<String>,
    /// `None` for anonymous requests.
    pub actor: Option<Actor>,
}
