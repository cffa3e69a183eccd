//! The heart: who gets stock.

mod aside;
mod book;
mod command;
mod decide;
pub mod expiry;
mod job;
mod lane;
mod lanes;
mod load;
mod needs;
mod reach;
mod read;
mod receipt;
mod refusal;
mod rows;
mod state;
mod steps;
mod tally;
mod transaction;
mod write;

pub use book::SkuBook;
pub use command::{
    Ask, Cancel, CancelError, Command, Confirm, ConfirmError, Expire, Outcome, Reserve,
    ReserveError, Reserved, Restock, RestockError, Restocked, Swept,
};
pub use decide::decide;
pub use job::SubmitError;
pub use lane::LaneSettings;
pub use lanes::Lanes;
pub use needs::Needs;
pub use reach::Reach;
pub(crate) use refusal::{Trouble, trouble};
pub use state::{Behaviors, Changes, Decision, KeyScope, State};
