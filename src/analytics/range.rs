//! The range of time that a report covers.

use chrono::{DateTime, TimeDelta, Utc};

const DEFAULT_LENGTH: TimeDelta = TimeDelta::days(1);

/// A requested range, either end of which may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RangeRequest {
    pub(super) from: Option<DateTime<Utc>>,
    pub(super) to: Option<DateTime<Utc>>,
}

/// A range in the past: `from` is before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
}

impl RangeRequest {
    /// The range at `now` for a SKU created at `created_at`. It ends at `now` at the latest and, by
    /// default, covers a day or the time since the creation. `None` if it would be empty.
    pub(super) fn resolve(self, now: DateTime<Utc>, created_at: DateTime<Utc>) -> Option<Range> {
        let to = self.to.map_or(now, |to| to.min(now));
        let day_before = to - DEFAULT_LENGTH;
        let default = if created_at < to {
            day_before.max(created_at)
        } else {
            day_before
        };
        let from = self.from.unwrap_or(default);
        (from < to).then_some(Range { from, to })
    }

    /// Whether the requested range ends before `now`.
    pub(super) fn ends_before(self, now: DateTime<Utc>) -> bool {
        self.to.is_some_and(|to| to < now)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Range, RangeRequest};

    fn hour(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn resolve(from: Option<i64>, to: Option<i64>, created: i64) -> Option<Range> {
        let request = RangeRequest {
            from: from.map(hour),
            to: to.map(hour),
        };
        request.resolve(hour(100), hour(created))
    }

    fn range(from: i64, to: i64) -> Range {
        Range {
            from: hour(from),
            to: hour(to),
        }
    }

    #[test]
    fn a_range_covers_a_day_or_the_time_since_the_creation() {
        assert_eq!(resolve(None, None, 90), Some(range(90, 100)));
        assert_eq!(resolve(None, None, 10), Some(range(76, 100)));
        assert_eq!(resolve(None, None, 100), Some(range(76, 100)));
        assert_eq!(resolve(None, Some(50), 90), Some(range(26, 50)));
        assert_eq!(resolve(Some(1), None, 90), Some(range(1, 100)));
    }

    #[test]
    fn a_range_ends_in_the_past_and_is_not_empty() {
        assert_eq!(resolve(Some(1), Some(500), 0), Some(range(1, 100)));
        assert_eq!(resolve(Some(5), Some(5), 0), None);
        assert_eq!(resolve(Some(6), Some(5), 0), None);
        assert_eq!(resolve(Some(100), None, 0), None);
    }
}
