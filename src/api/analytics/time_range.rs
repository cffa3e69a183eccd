//! The time range of a request for figures.

use chrono::{DateTime, TimeDelta, Utc};

use crate::http::{Fields, Problem, Rule, text};

/// The length of the range without `from`.
const DEFAULT_LENGTH: TimeDelta = TimeDelta::days(1);

/// The parameters `from` and `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RangeRequest {
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
}

/// A range in the past: `from` is before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
}

impl RangeRequest {
    /// Reads `from` and `to`.
    pub(super) fn from_fields(fields: &mut Fields) -> Option<Self> {
        let from = text(instant).about(
            "The start of the range, before `to`. Absent: the SKU's creation, at most a day before `to`.",
        );
        let from = fields.optional("from", from);
        let to = text(instant).about("The end of the range. Absent or in the future: now.");
        let to = fields.optional("to", to);
        Some(Self {
            from: from?,
            to: to?,
        })
    }

    /// The range at the time `now`, for a SKU created at `created_at`.
    pub(super) fn at(
        self,
        now: DateTime<Utc>,
        created_at: DateTime<Utc>,
    ) -> Result<Range, Problem> {
        let to = self.to.map_or(now, |to| to.min(now));
        let day = to - DEFAULT_LENGTH;
        let default = if created_at < to {
            day.max(created_at)
        } else {
            day
        };
        let from = self.from.unwrap_or(default);
        if from < to {
            Ok(Range { from, to })
        } else {
            Err(Problem::invalid_field(
                "from",
                "must be before `to`, and in the past",
            ))
        }
    }

    /// Whether the range ends before `now`.
    pub(super) fn ends_before(self, now: DateTime<Utc>) -> bool {
        self.to.is_some_and(|to| to < now)
    }
}

fn instant(time: &str) -> Result<DateTime<Utc>, &'static str> {
    const RULE: &str = "must be a time as 2026-01-31T12:00:00Z, from the year 1970 on";
    let time = DateTime::parse_from_rfc3339(time).map_err(|_| RULE)?;
    let time = time.with_timezone(&Utc);
    (time >= DateTime::UNIX_EPOCH).then_some(time).ok_or(RULE)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Range, RangeRequest};

    fn hour(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn range(from: Option<i64>, to: Option<i64>, created: i64) -> Option<Range> {
        let asked = RangeRequest {
            from: from.map(hour),
            to: to.map(hour),
        };
        asked.at(hour(100), hour(created)).ok()
    }

    fn hours(from: i64, to: i64) -> Range {
        Range {
            from: hour(from),
            to: hour(to),
        }
    }

    #[test]
    fn a_range_starts_at_the_creation_of_the_sku_or_a_day_ago_and_ends_now() {
        assert_eq!(range(None, None, 90), Some(hours(90, 100)));
        assert_eq!(range(None, None, 10), Some(hours(76, 100)));
        assert_eq!(range(None, None, 100), Some(hours(76, 100)));
        assert_eq!(range(None, Some(50), 90), Some(hours(26, 50)));
        assert_eq!(range(Some(1), None, 90), Some(hours(1, 100)));
    }

    #[test]
    fn a_range_is_in_the_past_and_not_empty() {
        assert_eq!(range(Some(1), Some(500), 0), Some(hours(1, 100)));
        assert_eq!(range(Some(5), Some(5), 0), None);
        assert_eq!(range(Some(6), Some(5), 0), None);
        assert_eq!(range(Some(100), None, 0), None);
    }
}
