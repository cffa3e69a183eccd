//! Quotas: a rate and a burst.

use std::str::FromStr;
use std::time::Duration;

use super::cost::Cost;

/// The highest rate, and the largest burst.
const MAX_UNITS: u32 = 1_000_000;

/// The longest that a key must be remembered: until a whole burst is back.
const MAX_WINDOW: Duration = Duration::from_hours(1);

const RULE: &str = "must be a rate such as 50/s or 600/m, with a burst if it differs, as in 50/s,200; \
                    the burst is from 4 to 1000000 units, and back within an hour";

/// A number of units that may be used at once, and the time in which one comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    burst: u32,
    /// In microseconds, at least one.
    interval: u64,
}

impl Quota {
    /// The units that may be used at once.
    #[must_use]
    pub fn burst(self) -> u32 {
        self.burst
    }

    /// The microseconds in which so many units come back.
    pub(super) fn micros(self, units: u32) -> u64 {
        self.interval * u64::from(units)
    }

    /// The whole seconds in which so many units come back.
    pub(super) fn seconds_for(self, units: u32) -> u64 {
        whole_seconds(Duration::from_micros(self.micros(units)))
    }
}

/// Rounded up.
pub(super) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

impl FromStr for Quota {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let (rate, burst) = match text.split_once(',') {
            Some((rate, burst)) => (rate, Some(burst)),
            None => (text, None),
        };
        let (rate, period) = rate.trim().split_once('/').ok_or(RULE)?;
        let rate = number(rate)?;
        let period = match period.trim() {
            "s" => 1_000_000,
            "m" => 60_000_000,
            _ => return Err(RULE),
        };
        let burst = burst.map_or(Ok(rate), number)?;
        let interval = (period + u64::from(rate) / 2) / u64::from(rate);
        let quota = Self { burst, interval };
        // A burst smaller than the cost of a command would reject every command.
        if burst < Cost::Command.units() || Duration::from_micros(quota.micros(burst)) > MAX_WINDOW
        {
            return Err(RULE);
        }
        Ok(quota)
    }
}

fn number(text: &str) -> Result<u32, &'static str> {
    let number = text.trim().parse().ok();
    number
        .filter(|number| (1..=MAX_UNITS).contains(number))
        .ok_or(RULE)
}

#[cfg(test)]
mod tests {
    use super::Quota;

    #[test]
    fn a_quota_is_a_rate_with_a_burst() {
        for (text, burst, micros, window) in [
            ("50/s", 50, 20_000, 1),
            ("600/m", 600, 100_000, 60),
            ("50/s,200", 200, 20_000, 4),
            (" 1/m , 4 ", 4, 60_000_000, 240),
            ("1/s,3600", 3600, 1_000_000, 3600),
            ("7/m", 7, 8_571_429, 61),
        ] {
            let quota: Quota = text.parse().unwrap();
            assert_eq!(quota.burst(), burst, "{text}");
            assert_eq!(quota.micros(1), micros, "{text}");
            assert_eq!(quota.seconds_for(burst), window, "{text}");
        }
        for wrong in [
            "",
            "50",
            "/s",
            "0/s",
            "50/h",
            "50/s,",
            "50/s,3",
            "3/s",
            "-4/s",
            "1/m,61",
            "1e3/s",
            "1000001/s",
            "50/s,5,5",
        ] {
            assert!(wrong.parse::<Quota>().is_err(), "{wrong}");
        }
    }
}
