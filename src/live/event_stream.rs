//! The events of one subscription: the latest state, again and again.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::watch;

use super::compacted_log::CompactedLog;
use super::event::Event;

#[derive(Debug)]
pub(super) enum EventStream {
    /// One SKU or reservation.
    One(watch::Receiver<Event>),
    /// All SKUs.
    All {
        log: Arc<CompactedLog>,
        /// The number of the last event that was read.
        read: u64,
        last: watch::Receiver<u64>,
    },
}

impl EventStream {
    /// Begins with the event that was sent last.
    pub(super) fn one(latest: &watch::Sender<Event>) -> Self {
        let mut latest = latest.subscribe();
        latest.mark_changed();
        Self::One(latest)
    }

    /// Waits for events; `None` once there will be none. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        match self {
            Self::One(latest) => loop {
                latest.changed().await.ok()?;
                let frame = latest.borrow_and_update().frame.clone();
                if !frame.is_empty() {
                    return Some(frame);
                }
            },
            Self::All { log, read, last } => loop {
                if let Some((frames, number)) = log.after(*read) {
                    *read = number;
                    return Some(frames);
                }
                last.changed().await.ok()?;
            },
        }
    }
}
