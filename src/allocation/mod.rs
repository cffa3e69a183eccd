//! Who gets stock: commands run in batches, each in one transaction that locks its SKUs.

mod batch_metrics;
mod batch_read;
mod batch_row;
pub mod expiry;
mod job;
mod lane;
mod lane_connection;
mod lanes;
mod load;
mod lock_wait;
mod locked_skus;
mod progress;
mod queues;
mod receipt;
mod serving_skus;
mod settings;
mod transaction;
mod write;

pub use fairhold_core::allocation::{
    BatchDecision, Behaviors, Cancel, CancelError, Command, Confirm, ConfirmError, Expire, Outcome,
    PromotionWindow, ReadSet, Reserve, ReserveError, Reserved, Restock, RestockError, Restocked,
    SkuState, Snapshot, SweepResult, TypedCommand, WriteSet, decide,
};
pub use job::SubmitError;
pub use lanes::Lanes;
pub use settings::{CommitListener, LaneSettings};
