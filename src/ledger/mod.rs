//! The ledger: each change once, for ever.

mod model;
pub mod store;

pub use model::{Deltas, LedgerEntry, LedgerKind};
pub use store::LedgerRow;
