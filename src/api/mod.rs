//! Every route: method, path, permission, cost, handler and OpenAPI operation in one row each.

mod analytics;
mod behavior;
mod docs;
mod fields;
mod files;
mod health;
mod heavy_reads;
mod inputs;
mod inventory;
mod ledger;
mod live;
mod metrics;
mod policy;
mod problem_pages;
mod problems;
mod reservations;
mod router;
mod state;
mod waitlist;

pub use heavy_reads::HeavyReads;
pub use inventory::InventoryView;
pub use ledger::LedgerView;
pub use policy::RoutePolicy;
pub use reservations::ReservationView;
pub use router::{RouteLayers, document, router, served, undocumented_paths};
pub use state::AppState;
