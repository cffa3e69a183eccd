//! The rules of Fairhold: pure types and functions that know neither the database nor HTTP.
//!
//! ```text
//! allocation → (idempotency, ledger, reservations, inventory, waitlist, fairness) → ids
//! ```

pub mod allocation;
pub mod fairness;
pub mod idempotency;
pub mod ids;
pub mod inventory;
pub mod ledger;
pub mod reservations;
pub mod waitlist;
