//! The events of one subscription: the latest state, again and again.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

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
        /// One permit, which a chunk keeps until it is written: the connection would read 64 KiB
        /// ahead for a client that reads nothing.
        written: Arc<Semaphore>,
    },
}

/// Events in memory of their own.
struct Chunk {
    frames: Bytes,
    _unwritten: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        &self.frames
    }
}

impl EventStream {
    /// Begins with the event that was sent last.
    pub(super) fn one(latest: &watch::Sender<Event>) -> Self {
        let mut latest = latest.subscribe();
        latest.mark_changed();
        Self::One(latest)
    }

    /// All SKUs, of which `last` tells the number of the last event.
    pub(super) fn all(log: Arc<CompactedLog>, last: &watch::Sender<u64>) -> Self {
        Self::All {
            log,
            read: 0,
            last: last.subscribe(),
            written: Arc::new(Semaphore::new(1)),
        }
    }

    /// Waits for events, and of all SKUs until the chunk before is dropped; `None` once there will be
    /// none. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        match self {
            Self::One(latest) => loop {
                latest.changed().await.ok()?;
                let frame = latest.borrow_and_update().frame.clone();
                if !frame.is_empty() {
                    return Some(frame);
                }
            },
            Self::All {
                log,
                read,
                last,
                written,
            } => {
                let permit = Arc::clone(written).acquire_owned().await;
                let permit =
                    permit.unwrap_or_else(|_| unreachable!("the semaphore is never closed"));
                loop {
                    if let Some((frames, number)) = log.after(*read) {
                        *read = number;
                        return Some(Bytes::from_owner(Chunk {
                            frames,
                            _unwritten: permit,
                        }));
                    }
                    last.changed().await.ok()?;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use tokio::sync::watch;

    use super::{CompactedLog, Event, EventStream};
    use crate::inventory::Sku;

    #[tokio::test]
    async fn a_stream_of_all_skus_holds_one_chunk_in_memory_until_it_is_written() {
        let log = Arc::new(CompactedLog::default());
        let changes = (0..100).map(|number| {
            let frame = vec![b'x'; 1024].into();
            let sku = Sku::parse(&format!("SKU-{number}")).unwrap();
            (sku, Event { rank: 1, frame })
        });
        let last = watch::Sender::new(log.append(changes));
        let mut events = EventStream::all(log, &last);
        let first = events.next().await.unwrap();
        assert_eq!(first.len(), 8 * 1024);
        assert_eq!(events.next().now_or_never(), None);
        drop(first);
        assert_eq!(events.next().await.unwrap().len(), 8 * 1024);
    }
}
