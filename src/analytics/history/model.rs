//! The stock at instants in even steps.

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::inventory::Sku;

/// How a SKU stood at an instant, all that was recorded until then included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "HistoryPoint")]
pub(crate) struct Point {
    /// The instant.
    pub(crate) at: DateTime<Utc>,
    /// Units that nobody held or had bought.
    #[schemars(range(min = 0))]
    pub(crate) available_quantity: i64,
    /// Units in holds.
    #[schemars(range(min = 0))]
    pub(crate) reserved_quantity: i64,
    /// Units sold.
    #[schemars(range(min = 0))]
    pub(crate) sold_quantity: i64,
    /// All units.
    #[schemars(range(min = 0))]
    pub(crate) total_quantity: i64,
    /// How many reservations waited.
    #[schemars(range(min = 0))]
    pub(crate) waitlist_size: i64,
}

/// The stock of a SKU over time.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(example = example())]
pub(crate) struct History {
    /// The SKU.
    pub(crate) sku: Sku,
    /// Where the first bucket begins.
    pub(crate) from: DateTime<Utc>,
    /// Where the last bucket ends.
    pub(crate) to: DateTime<Utc>,
    /// The length of a bucket, in seconds.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub(crate) bucket_seconds: f64,
    /// The state at the end of each bucket.
    pub(crate) items: Vec<Point>,
}

fn example() -> Value {
    json!({
        "sku": "SKU123",
        "from": "2026-01-05T08:00:00Z",
        "to": "2026-01-05T09:00:00Z",
        "bucket_seconds": 3600.0,
        "items": [{
            "at": "2026-01-05T09:00:00Z",
            "available_quantity": 60,
            "reserved_quantity": 30,
            "sold_quantity": 10,
            "total_quantity": 100,
            "waitlist_size": 0,
        }],
    })
}

/// The ends of `buckets` stretches of even length, to the microsecond, the last of which ends at
/// `to`.
pub(crate) fn ends(from: DateTime<Utc>, to: DateTime<Utc>, buckets: i64) -> Vec<DateTime<Utc>> {
    let span = (to - from).num_microseconds().unwrap_or(0);
    let (whole, rest) = (span / buckets, span % buckets);
    let end = |n| from + TimeDelta::microseconds(whole * n + rest * n / buckets);
    (1..buckets).map(end).chain([to]).collect()
}

/// The length of one of so many buckets, in seconds.
pub(crate) fn bucket_seconds(from: DateTime<Utc>, to: DateTime<Utc>, buckets: i64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "there are at most 500 buckets, and a length is to be read, not to be added up"
    )]
    let buckets = buckets as f64;
    (to - from).as_seconds_f64() / buckets
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::{bucket_seconds, ends};

    #[test]
    fn buckets_cover_the_stretch_evenly_to_its_end() {
        let from = DateTime::UNIX_EPOCH;
        for (micros, buckets) in [(10, 3), (1, 7), (86_400_000_000, 500), (1_000, 1)] {
            let to = from + TimeDelta::microseconds(micros);
            let ends = ends(from, to, buckets);
            assert_eq!(i64::try_from(ends.len()), Ok(buckets));
            assert_eq!(ends.last(), Some(&to));
            let steps = ends.windows(2).map(|pair| pair[1] - pair[0]);
            let steps: Vec<_> = steps.chain([ends[0] - from]).collect();
            let (least, most) = (steps.iter().min().unwrap(), steps.iter().max().unwrap());
            assert!(*most - *least <= TimeDelta::microseconds(1), "{steps:?}");
        }
        let hour = from + TimeDelta::hours(1);
        assert!((bucket_seconds(from, hour, 120) - 30.0).abs() < 1e-9);
    }

    #[test]
    fn a_stretch_of_ten_thousand_years_can_be_divided() {
        let (from, to) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH);
        let to = to + TimeDelta::days(3_650_000);
        assert_eq!(ends(from, to, 500).last(), Some(&to));
    }
}
