//! How many reservations wait in each part of a waitlist: a position is a sum of these, which is
//! cheaper than counting rows.

use std::collections::BTreeMap;

use fairhold_core::ids::{Sequence, Sku};

/// How many sequences a part covers: there are small and large parts, 64 small ones in a large one.
const SPANS: [i32; 2] = [64, 4096];

/// Changes of the table `waitlist_parts`, column by column.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PartCounts<'a> {
    pub(super) skus: Vec<&'a str>,
    pub(super) spans: Vec<i32>,
    pub(super) parts: Vec<i64>,
    /// How many reservations join or leave the part: at least one.
    pub(super) counts: Vec<i64>,
}

impl<'a> PartCounts<'a> {
    /// The changes for waitlist rows that are all inserted or all deleted.
    pub(super) fn of(rows: &'a [(Sku, Sequence)]) -> Self {
        let mut counts: BTreeMap<(&str, i32, i64), i64> = BTreeMap::new();
        for (sku, sequence) in rows {
            for span in SPANS {
                let part = (sku.as_str(), span, sequence.0 / i64::from(span));
                *counts.entry(part).or_default() += 1;
            }
        }
        let mut parts = Self::default();
        for ((sku, span, part), count) in counts {
            parts.skus.push(sku);
            parts.spans.push(span);
            parts.parts.push(part);
            parts.counts.push(count);
        }
        parts
    }

    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_counted_by_part() {
        let sku = Sku::parse("SHOE").unwrap();
        let rows = [1, 63, 64, 4096].map(|sequence| (sku.clone(), Sequence(sequence)));
        let parts = PartCounts::of(&rows);
        assert_eq!(parts.spans, [64, 64, 64, 4096, 4096]);
        assert_eq!(parts.parts, [0, 1, 64, 0, 1]);
        assert_eq!(parts.counts, [2, 1, 1, 3, 1]);
        assert_eq!(parts.len(), 5);
    }
}
