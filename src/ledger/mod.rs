//! The ledger: each change once, for ever.

mod model;
pub mod routes;
pub mod store;
mod view;

pub use model::{Deltas, LedgerEntry, LedgerKind};
pub use view::LedgerView;
