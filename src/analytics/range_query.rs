//! The query parameters `from` and `to`.

use chrono::{DateTime, Utc};

use super::range::RangeRequest;
use crate::http::{FieldError, Fields, Problem, Rule, text};

impl RangeRequest {
    pub(super) fn from_fields(fields: &mut Fields) -> Option<Self> {
        let from = text(parse_time).about(
            "Start of the range, before `to`. Default: 24 hours before its end, or the creation of \
             the SKU if that is later.",
        );
        let from = fields.optional("from", from);
        let to = text(parse_time).about("End of the range. Default and maximum: now.");
        let to = fields.optional("to", to);
        Some(Self {
            from: from?,
            to: to?,
        })
    }
}

pub(super) fn invalid_range() -> Problem {
    invalid_field("from", "must be before `to`, and in the past")
}

pub(super) fn invalid_field(field: &str, message: &str) -> Problem {
    Problem::invalid_fields(vec![FieldError {
        field: field.to_owned(),
        message: message.to_owned(),
    }])
}

fn parse_time(time: &str) -> Result<DateTime<Utc>, &'static str> {
    const RULE: &str = "must be a time like 2026-01-31T12:00:00Z, in 1970 or later";
    let time = DateTime::parse_from_rfc3339(time).map_err(|_| RULE)?;
    let time = time.with_timezone(&Utc);
    (time >= DateTime::UNIX_EPOCH).then_some(time).ok_or(RULE)
}
