//! The model's fairness: the formula of API.md over every hold that ended.

use chrono::{DateTime, Utc};
use fairhold_core::fairness;
use fairhold_core::ids::UserId;
use fairhold_core::reservations::ReservationStatus;

use crate::answers::Slip;

const WEEK_SECONDS: f64 = 7.0 * 86_400.0;

/// How every hold ended, and when.
#[derive(Debug, Clone, Default)]
pub(crate) struct History(Vec<(UserId, ReservationStatus, DateTime<Utc>)>);

impl History {
    /// Adds a hold that has just ended.
    pub(crate) fn add(&mut self, slip: &Slip, now: DateTime<Utc>) {
        self.0.push((slip.user.clone(), slip.status, now));
    }

    pub(crate) fn judge(&self, user: &UserId, now: DateTime<Utc>) -> Verdict {
        let (mut confirmed, mut abandoned) = (0.0, 0.0);
        for (_, status, at) in self.0.iter().filter(|ended| ended.0 == *user) {
            let weight = (-(now - *at).as_seconds_f64() / WEEK_SECONDS).exp2();
            match status {
                ReservationStatus::Confirmed => confirmed += weight,
                ReservationStatus::Expired => abandoned += weight,
                ReservationStatus::Cancelled => abandoned += weight / 2.0,
                ReservationStatus::Waitlisted | ReservationStatus::Reserved => {}
            }
        }
        let score = (confirmed + 3.0) / (confirmed + abandoned + 3.0);
        Verdict {
            score,
            tier: Tier::of(score),
        }
    }
}

/// A score and its tier.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verdict {
    score: f64,
    pub(crate) tier: Tier,
}

/// Sums in another order differ in their last digits.
impl PartialEq for Verdict {
    fn eq(&self, other: &Self) -> bool {
        self.tier == other.tier && (self.score - other.score).abs() < 1e-9
    }
}

impl From<&fairness::Verdict> for Verdict {
    fn from(verdict: &fairness::Verdict) -> Self {
        Self {
            score: verdict.score,
            tier: match verdict.tier {
                fairness::Tier::Full => Tier::Full,
                fairness::Tier::Reduced => Tier::Reduced,
                fairness::Tier::Minimal => Tier::Minimal,
            },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tier {
    Full,
    Reduced,
    Minimal,
}

impl Tier {
    fn of(score: f64) -> Self {
        if score >= 0.7 {
            Self::Full
        } else if score >= 0.4 {
            Self::Reduced
        } else {
            Self::Minimal
        }
    }

    /// The hold that the tier gets, `times` as long, to the nearest second.
    pub(crate) fn seconds(self, hold_seconds: i32, times: i32) -> i64 {
        let percent = match self {
            Self::Full => 100,
            Self::Reduced => 60,
            Self::Minimal => 20,
        };
        (i64::from(hold_seconds) * percent * i64::from(times) + 50) / 100
    }
}
