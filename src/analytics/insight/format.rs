//! Counts and durations as text.

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// "1,905", with a comma between thousands.
pub(super) fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().collect();
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", String::from_utf8_lossy(&groups.join(&b',')))
}

/// "1 unit", "1,905 units".
pub(super) fn count(amount: i64, noun: &str) -> String {
    let plural = if amount == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", number(amount))
}

/// An estimated duration: "about 6 hours".
pub(super) fn estimate(seconds: i64) -> String {
    match seconds {
        ..60 => "less than a minute".to_owned(),
        60..90 => "about a minute".to_owned(),
        90..5400 => format!("about {} minutes", rounded(seconds, MINUTE)),
        5400..172_800 => format!("about {} hours", rounded(seconds, HOUR)),
        172_800..5_184_000 => format!("about {} days", rounded(seconds, DAY)),
        _ => "more than two months".to_owned(),
    }
}

/// The duration of a hold, not rounded: "5 minutes", "90 seconds".
pub(super) fn hold_time(seconds: i32) -> String {
    let seconds = i64::from(seconds);
    if seconds % HOUR == 0 {
        count(seconds / HOUR, "hour")
    } else if seconds % MINUTE == 0 {
        count(seconds / MINUTE, "minute")
    } else {
        count(seconds, "second")
    }
}

/// The length of a period, rounded: "10 minutes", "1 minute", "3 seconds".
pub(super) fn period(seconds: i64) -> String {
    match seconds {
        ..45 => count(seconds, "second"),
        45.. => count(rounded(seconds, MINUTE), "minute"),
    }
}

/// "the last 10 minutes", "the last minute".
pub(super) fn last(seconds: i64) -> String {
    let period = period(seconds);
    let period = period.strip_prefix("1 ").unwrap_or(&period);
    format!("the last {period}")
}

fn rounded(seconds: i64, unit: i64) -> i64 {
    (seconds + unit / 2) / unit
}

#[cfg(test)]
mod tests {
    use super::{count, estimate, hold_time, last, number, period};

    #[test]
    fn thousands_are_separated_by_commas() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
            (-1000, "-1,000"),
            (i64::MIN, "-9,223,372,036,854,775,808"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!(count(1, "unit"), "1 unit");
        assert_eq!(count(0, "unit"), "0 units");
        assert_eq!(count(1905, "unit"), "1,905 units");
    }

    #[test]
    fn estimates_are_rounded_to_a_readable_unit() {
        for (seconds, text) in [
            (0, "less than a minute"),
            (60, "about a minute"),
            (90, "about 2 minutes"),
            (5399, "about 90 minutes"),
            (5400, "about 2 hours"),
            (172_799, "about 48 hours"),
            (172_800, "about 2 days"),
            (5_183_999, "about 60 days"),
            (i64::MAX, "more than two months"),
        ] {
            assert_eq!(estimate(seconds), text);
        }
    }

    #[test]
    fn periods_are_seconds_or_minutes() {
        for (seconds, text) in [
            (1, "1 second"),
            (44, "44 seconds"),
            (60, "1 minute"),
            (90, "2 minutes"),
            (600, "10 minutes"),
        ] {
            assert_eq!(period(seconds), text);
        }
        assert_eq!(last(60), "the last minute");
        assert_eq!(last(600), "the last 10 minutes");
    }

    #[test]
    fn hold_times_are_exact() {
        for (seconds, text) in [
            (5, "5 seconds"),
            (90, "90 seconds"),
            (300, "5 minutes"),
            (3600, "1 hour"),
            (86_400, "24 hours"),
        ] {
            assert_eq!(hold_time(seconds), text);
        }
    }
}
