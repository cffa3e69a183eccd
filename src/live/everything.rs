//! Every SKU, in the order of its latest change.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};

use super::model::Shown;
use crate::inventory::Sku;

/// About how many bytes are read at once.
const CHUNK: usize = 16 * 1024;

/// Whoever reads from 0 on meets each SKU once, as it is, and then each that changes. A reader that
/// lags meets a SKU that changed twice once.
#[derive(Debug, Default)]
pub(crate) struct Everything(Mutex<Order>);

#[derive(Debug, Default)]
struct Order {
    places: HashMap<Sku, Place>,
    events: BTreeMap<u64, Bytes>,
    last: u64,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    number: u64,
    version: i64,
}

impl Everything {
    /// Puts SKUs to the end, those that are newer than what is there. The number of the last event.
    pub(super) fn show(&self, shown: impl IntoIterator<Item = (Sku, Shown)>) -> u64 {
        let mut order = self.order();
        for (sku, Shown { turn, event }) in shown {
            let number = order.last + 1;
            let place = Place {
                number,
                version: turn,
            };
            let before = order.places.get(&sku).copied();
            if before.is_some_and(|before| before.version >= turn) {
                continue;
            }
            if let Some(before) = before {
                order.events.remove(&before.number);
            }
            order.places.insert(sku, place);
            order.events.insert(number, event);
            order.last = number;
        }
        order.last
    }

    /// The version of `sku` that is shown, if there is one.
    pub(super) fn version_of(&self, sku: &Sku) -> Option<i64> {
        self.order().places.get(sku).map(|place| place.version)
    }

    /// Some of the events behind the one of number `after`, and the number of the last of them.
    pub(super) fn behind(&self, after: u64) -> Option<(Bytes, u64)> {
        let order = self.order();
        let behind = (Bound::Excluded(after), Bound::Unbounded);
        let mut chunk = BytesMut::new();
        let mut last = None;
        for (number, event) in order.events.range(behind) {
            chunk.extend_from_slice(event);
            last = Some(*number);
            if chunk.len() >= CHUNK {
                break;
            }
        }
        last.map(|last| (chunk.freeze(), last))
    }

    fn order(&self) -> MutexGuard<'_, Order> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Everything, Shown};
    use crate::inventory::Sku;

    fn change(sku: &str, version: i64) -> (Sku, Shown) {
        let shown = Shown {
            turn: version,
            event: format!("{sku}{version} ").into(),
        };
        (Sku::parse(sku).unwrap(), shown)
    }

    #[test]
    fn who_lags_meets_each_sku_once_at_its_latest() {
        let all = Everything::default();
        all.show([change("A", 1), change("B", 1), change("C", 1)]);
        let (first, read) = all.behind(0).unwrap();
        assert_eq!(first, "A1 B1 C1 ");
        assert_eq!(all.behind(read), None);
        all.show([change("B", 2), change("A", 2), change("B", 3)]);
        assert_eq!(all.behind(read).unwrap().0, "A2 B3 ");
        assert_eq!(all.behind(0).unwrap().0, "C1 A2 B3 ");
    }

    #[test]
    fn an_older_version_changes_nothing() {
        let all = Everything::default();
        let last = all.show([change("A", 5)]);
        assert_eq!(all.show([change("A", 4), change("A", 5)]), last);
        assert_eq!(all.version_of(&Sku::parse("A").unwrap()), Some(5));
        assert_eq!(all.behind(0).unwrap().0, "A5 ");
    }
}
