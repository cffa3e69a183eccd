//! A log of all SKUs that keeps the latest event of each.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};

use super::event::Event;
use crate::inventory::Sku;

/// About how many bytes are read at once.
const CHUNK: usize = 8 * 1024;

/// A reader that begins at 0 reads each SKU once, then each that changes. A slow reader reads a SKU
/// that changed twice once.
#[derive(Debug, Default)]
pub(super) struct CompactedLog(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    positions: HashMap<Sku, Position>,
    frames: BTreeMap<u64, Bytes>,
    last: u64,
}

#[derive(Debug, Clone, Copy)]
struct Position {
    number: u64,
    version: i64,
}

impl CompactedLog {
    /// Appends the events that are newer than those of their SKUs. Returns the number of the last.
    pub(super) fn append(&self, events: impl IntoIterator<Item = (Sku, Event)>) -> u64 {
        let mut entries = self.entries();
        for (sku, Event { rank, frame }) in events {
            let before = entries.positions.get(&sku).copied();
            if before.is_some_and(|before| before.version >= rank) {
                continue;
            }
            if let Some(before) = before {
                entries.frames.remove(&before.number);
            }
            entries.last += 1;
            let number = entries.last;
            let position = Position {
                number,
                version: rank,
            };
            entries.positions.insert(sku, position);
            entries.frames.insert(number, frame);
        }
        entries.last
    }

    pub(super) fn version_of(&self, sku: &Sku) -> Option<i64> {
        let entries = self.entries();
        entries.positions.get(sku).map(|position| position.version)
    }

    /// A chunk of the events after that of `number`, and the number of its last event.
    pub(super) fn after(&self, number: u64) -> Option<(Bytes, u64)> {
        let entries = self.entries();
        let after = (Bound::Excluded(number), Bound::Unbounded);
        let mut chunk = BytesMut::new();
        let mut last = None;
        for (number, frame) in entries.frames.range(after) {
            chunk.extend_from_slice(frame);
            last = Some(*number);
            if chunk.len() >= CHUNK {
                break;
            }
        }
        last.map(|last| (chunk.freeze(), last))
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{CompactedLog, Event};
    use crate::inventory::Sku;

    fn change(sku: &str, version: i64) -> (Sku, Event) {
        let event = Event {
            rank: version,
            frame: format!("{sku}{version} ").into(),
        };
        (Sku::parse(sku).unwrap(), event)
    }

    #[test]
    fn a_slow_reader_reads_each_sku_once_at_its_latest() {
        let log = CompactedLog::default();
        log.append([change("A", 1), change("B", 1), change("C", 1)]);
        let (first, read) = log.after(0).unwrap();
        assert_eq!(first, "A1 B1 C1 ");
        assert_eq!(log.after(read), None);
        log.append([change("B", 2), change("A", 2), change("B", 3)]);
        assert_eq!(log.after(read).unwrap().0, "A2 B3 ");
        assert_eq!(log.after(0).unwrap().0, "C1 A2 B3 ");
    }

    #[test]
    fn an_older_version_changes_nothing() {
        let log = CompactedLog::default();
        let last = log.append([change("A", 5)]);
        assert_eq!(log.append([change("A", 4), change("A", 5)]), last);
        assert_eq!(log.version_of(&Sku::parse("A").unwrap()), Some(5));
        assert_eq!(log.after(0).unwrap().0, "A5 ");
    }
}
