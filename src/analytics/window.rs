//! The stretch of time that a figure is asked for.

use chrono::{DateTime, TimeDelta, Utc};

use crate::http::{FieldError, Fields, Problem, Rule, text};

/// How far back one looks who names no beginning.
const DEFAULT_LENGTH: TimeDelta = TimeDelta::days(1);

/// A stretch as it was asked for, `from` and `to`, either of which may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
}

/// A stretch that has a length and lies in the past: `from` is before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
}

impl Asked {
    /// Reads `from` and `to`.
    pub(super) fn from_fields(fields: &mut Fields) -> Option<Self> {
        let from = text(instant).about(
            "Where the stretch begins, before `to`. Absent: with the SKU, or a day before its end.",
        );
        let from = fields.optional("from", from);
        let to = text(instant).about("Where the stretch ends. Absent, or later than now: now.");
        let to = fields.optional("to", to);
        Some(Self {
            from: from?,
            to: to?,
        })
    }

    /// The stretch that is meant at `now` for a SKU that is there since `created_at`: until `now` at
    /// most, and since the creation or for a day unless something else is said.
    pub(super) fn at(
        self,
        now: DateTime<Utc>,
        created_at: DateTime<Utc>,
    ) -> Result<Window, Problem> {
        let to = self.to.map_or(now, |to| to.min(now));
        let day = to - DEFAULT_LENGTH;
        let default = if created_at < to {
            day.max(created_at)
        } else {
            day
        };
        let from = self.from.unwrap_or(default);
        if from < to {
            Ok(Window { from, to })
        } else {
            Err(at_fault("from", "must be before `to`, and in the past"))
        }
    }

    /// Whether the stretch was to end before `now`.
    pub(super) fn ends_before(self, now: DateTime<Utc>) -> bool {
        self.to.is_some_and(|to| to < now)
    }
}

/// The problem of a field that is wrong.
pub(super) fn at_fault(field: &str, message: &str) -> Problem {
    Problem::invalid_fields(vec![FieldError {
        field: field.to_owned(),
        message: message.to_owned(),
    }])
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

    use super::{Asked, Window};

    fn hour(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn window(from: Option<i64>, to: Option<i64>, created: i64) -> Option<Window> {
        let asked = Asked {
            from: from.map(hour),
            to: to.map(hour),
        };
        asked.at(hour(100), hour(created)).ok()
    }

    fn hours(from: i64, to: i64) -> Window {
        Window {
            from: hour(from),
            to: hour(to),
        }
    }

    #[test]
    fn a_stretch_begins_with_the_sku_or_a_day_ago_and_ends_now() {
        assert_eq!(window(None, None, 90), Some(hours(90, 100)));
        assert_eq!(window(None, None, 10), Some(hours(76, 100)));
        assert_eq!(window(None, None, 100), Some(hours(76, 100)));
        assert_eq!(window(None, Some(50), 90), Some(hours(26, 50)));
        assert_eq!(window(Some(1), None, 90), Some(hours(1, 100)));
    }

    #[test]
    fn a_stretch_ends_in_the_past_and_has_a_length() {
        assert_eq!(window(Some(1), Some(500), 0), Some(hours(1, 100)));
        assert_eq!(window(Some(5), Some(5), 0), None);
        assert_eq!(window(Some(6), Some(5), 0), None);
        assert_eq!(window(Some(100), None, 0), None);
    }
}
