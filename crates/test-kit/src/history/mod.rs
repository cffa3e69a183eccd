//! Histories of calls, and a checker that searches for an order of them that the rules allow.

pub mod by_hand;

mod model;
mod recorder;
mod reply;
mod rules;
mod search;
mod shelf;
mod time;

pub use self::model::{Answer, Ask, Breach, Call, Counters, Facts, History, Id, Micros, Status};
pub use self::recorder::{Counter, Record};
pub use self::reply::Reply;
pub use self::search::{check, check_within};
