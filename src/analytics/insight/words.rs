//! Numbers and times, as one would say them.

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// "1 unit", "2 units".
pub(super) fn count(number: i64, thing: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{ending}")
}

/// A time that is only estimated.
pub(super) fn roughly(seconds: i64) -> String {
    match seconds {
        ..60 => "less than a minute".to_owned(),
        60..90 => "about a minute".to_owned(),
        90..5400 => format!("about {} minutes", rounded(seconds, MINUTE)),
        5400..172_800 => format!("about {} hours", rounded(seconds, HOUR)),
        172_800..5_184_000 => format!("about {} days", rounded(seconds, DAY)),
        _ => "more than two months".to_owned(),
    }
}

/// The time of a hold.
pub(super) fn exactly(seconds: i32) -> String {
    let seconds = i64::from(seconds);
    if seconds % HOUR == 0 {
        count(seconds / HOUR, "hour")
    } else if seconds % MINUTE == 0 {
        count(seconds / MINUTE, "minute")
    } else {
        count(seconds, "second")
    }
}

/// What follows "in the last": "10 minutes", "minute", "3 seconds".
pub(super) fn period(seconds: i64) -> String {
    match seconds {
        ..2 => "second".to_owned(),
        2..45 => format!("{seconds} seconds"),
        45..90 => "minute".to_owned(),
        _ => format!("{} minutes", rounded(seconds, MINUTE)),
    }
}

fn rounded(seconds: i64, unit: i64) -> i64 {
    (seconds + unit / 2) / unit
}

#[cfg(test)]
mod tests {
    use super::{count, exactly, period, roughly};

    #[test]
    fn times_are_told_as_one_would_say_them() {
        for (seconds, told) in [
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
            assert_eq!(roughly(seconds), told);
        }
        for (seconds, told) in [
            (1, "second"),
            (44, "44 seconds"),
            (60, "minute"),
            (90, "2 minutes"),
            (600, "10 minutes"),
        ] {
            assert_eq!(period(seconds), told);
        }
        for (seconds, told) in [
            (5, "5 seconds"),
            (90, "90 seconds"),
            (300, "5 minutes"),
            (3600, "1 hour"),
            (86_400, "24 hours"),
        ] {
            assert_eq!(exactly(seconds), told);
        }
        assert_eq!(count(1, "unit"), "1 unit");
        assert_eq!(count(0, "unit"), "0 units");
    }
}
