//! How many units there are, and how fast they come back.

use std::str::FromStr;
use std::time::Duration;

use super::cost::Cost;

/// The most units that may come back in a period, or be saved.
const MOST: u32 = 1_000_000;

/// What is used up must be back within this time, so that nothing is remembered longer.
const LONGEST: Duration = Duration::from_hours(1);

const RULE: &str = "must be like 50/s or 600/m, with what may be asked at once behind a comma if it \
                    is another number, as in 50/s,200: from 4 to 1000000, back within an hour";

/// A number of units that may be used at once, and the time in which one comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    burst: u32,
    interval: Duration,
}

impl Quota {
    /// The units that may be used at once.
    #[must_use]
    pub fn burst(self) -> u32 {
        self.burst
    }

    /// The time in which one unit comes back.
    #[must_use]
    pub fn interval(self) -> Duration {
        self.interval
    }

    /// The whole seconds in which so many units come back.
    #[must_use]
    pub fn seconds_for(self, units: u32) -> u64 {
        whole_seconds(self.interval.saturating_mul(units))
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
            "s" => Duration::from_secs(1),
            "m" => Duration::from_mins(1),
            _ => return Err(RULE),
        };
        let burst = burst.map_or(Ok(rate), number)?;
        let interval = period / rate;
        // A burst that a command does not fit into would never let one through.
        if burst < Cost::Command.units() || interval.saturating_mul(burst) > LONGEST {
            return Err(RULE);
        }
        Ok(Self { burst, interval })
    }
}

fn number(text: &str) -> Result<u32, &'static str> {
    let number = text.trim().parse().ok();
    number
        .filter(|number| (1..=MOST).contains(number))
        .ok_or(RULE)
}

#[cfg(test)]
mod tests {
    use super::Quota;

    #[test]
    fn a_quota_is_a_rate_with_a_burst() {
        for (text, burst, millis, window) in [
            ("50/s", 50, 20, 1),
            ("600/m", 600, 100, 60),
            ("50/s,200", 200, 20, 4),
            (" 1/m , 4 ", 4, 60_000, 240),
            ("1/s,3600", 3600, 1000, 3600),
        ] {
            let quota: Quota = text.parse().unwrap();
            assert_eq!(quota.burst(), burst, "{text}");
            assert_eq!(quota.interval().as_millis(), millis, "{text}");
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
