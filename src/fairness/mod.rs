//! Fairness: users who abandon their holds get shorter ones.

mod settings;
pub mod store;

pub use fairhold_core::fairness::{
    Behavior, HoldOutcome, JUDGED_SKUS, Policy, Tier, Verdict, Weights,
};
pub use settings::{FairnessSettings, FairnessSettingsError};
