//! Who gets stock: the commands, what a transaction reads for them, and the decision.

mod behaviors;
mod command;
mod context;
mod decide;
mod limits;
mod promotion_window;
mod read_set;
mod sku_state;
mod snapshot;
mod write_set;

pub use behaviors::Behaviors;
pub use command::{
    Cancel, CancelError, Command, Confirm, ConfirmError, Expire, Outcome, Reserve, ReserveError,
    Reserved, Restock, RestockError, Restocked, SweepResult, TypedCommand,
};
pub use decide::{BatchDecision, decide};
pub use limits::Limits;
pub use promotion_window::PromotionWindow;
pub use read_set::ReadSet;
pub use sku_state::SkuState;
pub use snapshot::Snapshot;
pub use write_set::WriteSet;
