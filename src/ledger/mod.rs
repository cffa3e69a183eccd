//! The ledger: every change once, for good.

pub mod store;

pub use fairhold_core::ledger::{Deltas, LedgerEntry, LedgerKind};
pub use store::LedgerRow;
