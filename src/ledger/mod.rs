//! The ledger: every change once, for good.

pub mod routes;
pub mod store;
mod view;

pub use fairhold_core::ledger::{Deltas, LedgerEntry, LedgerKind};
pub use view::LedgerView;
