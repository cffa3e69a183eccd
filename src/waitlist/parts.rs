//! How many wait in each part of a line, so that a position is a sum and not a count of the line.

use std::collections::BTreeMap;

use crate::inventory::Sku;

use super::Sequence;

/// How many sequences a part covers. A part of the second kind covers 64 of the first.
const SPANS: [i64; 2] = [64, 4096];

/// Changes of the table `waitlist_parts`, column by column.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes<'a> {
    pub(super) skus: Vec<&'a str>,
    pub(super) spans: Vec<i32>,
    pub(super) parts: Vec<i64>,
    /// How many waiting ones come or go: at least one.
    pub(super) counts: Vec<i64>,
}

impl<'a> Changes<'a> {
    /// The changes that `places` make together, all of which are taken or all given up.
    pub(super) fn of(places: impl IntoIterator<Item = (&'a Sku, Sequence)>) -> Self {
        let mut counts: BTreeMap<(&str, i64, i64), i64> = BTreeMap::new();
        for (sku, sequence) in places {
            for span in SPANS {
                let part = (sku.as_str(), span, sequence.0 / span);
                *counts.entry(part).or_default() += 1;
            }
        }
        let mut changes = Self::default();
        for ((sku, span, part), count) in counts {
            changes.skus.push(sku);
            changes.spans.extend(i32::try_from(span));
            changes.parts.push(part);
            changes.counts.push(count);
        }
        changes
    }

    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_by_part() {
        let sku = Sku::parse("SHOE").unwrap();
        let sequences = [1, 63, 64, 4096];
        let changes = Changes::of(sequences.map(|sequence| (&sku, Sequence(sequence))));
        assert_eq!(changes.spans, [64, 64, 64, 4096, 4096]);
        assert_eq!(changes.parts, [0, 1, 64, 0, 1]);
        assert_eq!(changes.counts, [2, 1, 1, 3, 1]);
        assert_eq!(changes.len(), 5);
    }
}
