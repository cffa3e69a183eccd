//! Live updates: server-sent events that tell how stock and reservations stand.
//!
//! What somebody watches is on the [`Board`]. The lanes put there what they committed, a job asks
//! the database for what other processes did, and every stream shows the latest state: one that
//! is read slowly leaves states out, and never queues them.

mod board;
mod everything;
mod feed;
mod looker;
mod model;
mod news;
mod publisher;
mod questions;
mod store;
mod topics;
mod walk;

pub use board::Board;
pub(crate) use board::{Room, Subject, Watcher};
pub(crate) use feed::{Feed, bytes};
pub use looker::run as look;
pub use model::ReservationJson;
pub use publisher::run as publish;
