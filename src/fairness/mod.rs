//! Fairness: those who abandon their holds get shorter ones.

mod model;
mod settings;
pub mod store;

pub use model::{Behavior, HoldOutcome, Policy, Tier, Verdict, Weights};
pub use settings::{Settings, SettingsError};
