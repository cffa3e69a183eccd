//! Live updates: streams of server-sent events with the current state of SKUs and reservations.
//!
//! The [`Hub`] knows what is subscribed to. The lanes hand it what they commit, the poller finds in
//! the database what other processes commit, and each stream sends the latest state: a slow reader
//! skips states, and nothing queues up for it.

mod compacted_log;
mod event;
mod event_stream;
mod full_scan;
mod hub;
mod poller;
mod publisher;
mod registry;
mod sse;
mod store;

pub use event::ReservationJson;
pub use hub::{Hub, Slot, Subscription};
pub use poller::run as poll;
pub use publisher::run as publish;
pub use registry::Topic;
