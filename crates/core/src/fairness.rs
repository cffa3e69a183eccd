//! Fairness: users who abandon their holds get shorter ones.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Confirmations that every user is credited with, so that a new user's score is 1.
const NEWCOMER_CREDIT: f64 = 3.0;

/// A user is judged by this many SKUs: those on which holds of the user ended last. Reading them takes
/// the same time however many there are.
pub const JUDGED_SKUS: usize = 64;

/// How a hold ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldOutcome {
    /// Sold. Counts 1 for the user.
    Confirmed,
    /// Cancelled by the user. Counts ½ against.
    Cancelled,
    /// Expired. Counts 1 against.
    Expired,
}

/// The decayed sums of outcomes for and against a user at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Weights {
    /// Weight of the confirmed holds.
    pub confirmed: f64,
    /// Weight of the abandoned holds: expired or cancelled.
    pub abandoned: f64,
}

impl Weights {
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            confirmed: self.confirmed + other.confirmed,
            abandoned: self.abandoned + other.abandoned,
        }
    }

    fn times(self, factor: f64) -> Self {
        Self {
            confirmed: self.confirmed * factor,
            abandoned: self.abandoned * factor,
        }
    }
}

impl From<HoldOutcome> for Weights {
    fn from(outcome: HoldOutcome) -> Self {
        let (confirmed, abandoned) = match outcome {
            HoldOutcome::Confirmed => (1.0, 0.0),
            HoldOutcome::Cancelled => (0.0, 0.5),
            HoldOutcome::Expired => (0.0, 1.0),
        };
        Self {
            confirmed,
            abandoned,
        }
    }
}

/// How the holds of one user ended, on one SKU or summed over several.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Behavior {
    /// Holds that were confirmed, ever.
    pub confirmed_count: i64,
    /// Holds that were cancelled, ever.
    pub cancelled_count: i64,
    /// Holds that expired, ever.
    pub expired_count: i64,
    /// Their weights at `weighted_at`.
    pub weights: Weights,
    /// The instant for which the weights hold.
    pub weighted_at: DateTime<Utc>,
}

impl Behavior {
    /// The behavior of a user without any ended hold.
    #[must_use]
    pub fn newcomer(now: DateTime<Utc>) -> Self {
        Self {
            confirmed_count: 0,
            cancelled_count: 0,
            expired_count: 0,
            weights: Weights::default(),
            weighted_at: now,
        }
    }

    /// The same with the weights decayed until `now`. A clock that went back changes nothing.
    #[must_use]
    pub fn as_of(self, now: DateTime<Utc>, policy: &Policy) -> Self {
        let elapsed = (now - self.weighted_at).as_seconds_f64().max(0.0);
        let factor = (-elapsed / policy.half_life_seconds).exp2();
        Self {
            weights: self.weights.times(factor),
            weighted_at: self.weighted_at.max(now),
            ..self
        }
    }

    /// The same with one more outcome, which happens at `now`.
    #[must_use]
    pub fn with(self, outcome: HoldOutcome, now: DateTime<Utc>, policy: &Policy) -> Self {
        let mut next = self.as_of(now, policy);
        next.weights = next.weights.plus(outcome.into());
        match outcome {
            HoldOutcome::Confirmed => next.confirmed_count += 1,
            HoldOutcome::Cancelled => next.cancelled_count += 1,
            HoldOutcome::Expired => next.expired_count += 1,
        }
        next
    }

    /// The sum. The weights of both must hold for the same instant.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            confirmed_count: self.confirmed_count + other.confirmed_count,
            cancelled_count: self.cancelled_count + other.cancelled_count,
            expired_count: self.expired_count + other.expired_count,
            weights: self.weights.plus(other.weights),
            weighted_at: self.weighted_at.max(other.weighted_at),
        }
    }
}

/// How much of the hold time a user gets.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// A small share of it.
    Minimal,
    /// A part of it.
    Reduced,
    /// All of it.
    Full,
}

impl Tier {
    /// The name that the API and the tables use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Minimal => "minimal",
            Self::Reduced => "reduced",
            Self::Full => "full",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Minimal, Self::Reduced, Self::Full]
            .into_iter()
            .find(|tier| tier.name() == name)
    }
}

/// The judgment on a user at one instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// `(confirmed + 3) / (confirmed + abandoned + 3)`: above 0, at most 1.
    #[schemars(range(max = 1), extend("exclusiveMinimum" = 0))]
    pub score: f64,
    /// The tier that follows from the score.
    pub tier: Tier,
    /// The score in words.
    pub reason: String,
}

/// The thresholds, shares and times of the fairness engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The least score of the full tier.
    pub full_threshold: f64,
    /// The least score of the reduced tier.
    pub reduced_threshold: f64,
    /// The share of the hold time in the reduced tier, above 0, at most 1.
    pub reduced_share: f64,
    /// The share of the hold time in the minimal tier, above 0, at most 1.
    pub minimal_share: f64,
    /// The time in which weights halve, in seconds.
    pub half_life_seconds: f64,
    /// How many times longer a hold lasts after a promotion from the waitlist.
    pub promotion_factor: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            full_threshold: 0.7,
            reduced_threshold: 0.4,
            reduced_share: 0.6,
            minimal_share: 0.2,
            half_life_seconds: 7.0 * 86_400.0,
            promotion_factor: 2.0,
        }
    }
}

impl Policy {
    #[must_use]
    pub fn judge(&self, weights: Weights) -> Verdict {
        let credit = weights.confirmed + NEWCOMER_CREDIT;
        let score = credit / (credit + weights.abandoned);
        let tier = self.tier(score);
        Verdict {
            score,
            tier,
            reason: self.reason(weights, tier),
        }
    }

    /// How long a hold lasts for a user of `tier`, in whole seconds, at least one.
    #[must_use]
    pub fn ttl_seconds(&self, tier: Tier, hold_ttl_seconds: i32, promoted: bool) -> i32 {
        let factor = if promoted { self.promotion_factor } else { 1.0 };
        let seconds = f64::from(hold_ttl_seconds) * self.share(tier) * factor;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "clamped to the range of the type first"
        )]
        let seconds = seconds.round().clamp(1.0, f64::from(i32::MAX)) as i32;
        seconds
    }

    fn tier(&self, score: f64) -> Tier {
        if score >= self.full_threshold {
            Tier::Full
        } else if score >= self.reduced_threshold {
            Tier::Reduced
        } else {
            Tier::Minimal
        }
    }

    fn share(&self, tier: Tier) -> f64 {
        match tier {
            Tier::Full => 1.0,
            Tier::Reduced => self.reduced_share,
            Tier::Minimal => self.minimal_share,
        }
    }

    fn reason(&self, weights: Weights, tier: Tier) -> String {
        if weights.abandoned < 0.05 {
            return "no abandoned holds".to_owned();
        }
        let Weights {
            confirmed,
            abandoned,
        } = weights;
        let percent = self.share(tier) * 100.0;
        format!(
            "abandoned holds weigh {abandoned:.1}, confirmed ones {confirmed:.1}: \
             {percent:.0} % of the hold time"
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Behavior, DateTime, HoldOutcome, Policy, Tier, Weights};

    const HALF_LIFE: i64 = 7 * 86_400;

    fn weights(confirmed: f64, abandoned: f64) -> Weights {
        Weights {
            confirmed,
            abandoned,
        }
    }

    #[test]
    fn a_newcomer_has_a_full_score() {
        let verdict = Policy::default().judge(Weights::default());
        assert!((verdict.score - 1.0).abs() < f64::EPSILON);
        assert_eq!(verdict.tier, Tier::Full);
        assert_eq!(verdict.reason, "no abandoned holds");
    }

    #[test]
    fn thresholds_belong_to_the_better_tier() {
        let policy = Policy::default();
        for (abandoned, tier) in [
            (1.28, Tier::Full),
            (1.29, Tier::Reduced),
            (4.5, Tier::Reduced),
            (4.51, Tier::Minimal),
        ] {
            assert_eq!(
                policy.judge(weights(0.0, abandoned)).tier,
                tier,
                "{abandoned}"
            );
        }
    }

    #[test]
    fn the_tiers_get_the_promised_times() {
        let policy = Policy::default();
        for (tier, seconds) in [(Tier::Full, 300), (Tier::Reduced, 180), (Tier::Minimal, 60)] {
            assert_eq!(policy.ttl_seconds(tier, 300, false), seconds);
            assert_eq!(policy.ttl_seconds(tier, 300, true), 2 * seconds);
        }
        assert_eq!(policy.ttl_seconds(Tier::Minimal, 5, false), 1);
    }

    #[test]
    fn weights_halve_in_a_half_life_and_counts_stay() {
        let policy = Policy::default();
        let start = DateTime::UNIX_EPOCH;
        let later = DateTime::from_timestamp(HALF_LIFE, 0).unwrap();
        let seen = Behavior::newcomer(start)
            .with(HoldOutcome::Expired, start, &policy)
            .with(HoldOutcome::Cancelled, start, &policy)
            .as_of(later, &policy);
        assert!((seen.weights.abandoned - 0.75).abs() < 1e-12);
        assert_eq!((seen.expired_count, seen.cancelled_count), (1, 1));
        assert_eq!(seen.as_of(start, &policy), seen);
    }

    fn outcome() -> impl Strategy<Value = HoldOutcome> {
        prop_oneof![
            Just(HoldOutcome::Confirmed),
            Just(HoldOutcome::Cancelled),
            Just(HoldOutcome::Expired),
        ]
    }

    proptest! {
        /// The running sums equal the definition: each outcome decayed from its own instant.
        #[test]
        fn running_sums_equal_the_definition(
            history in prop::collection::vec((outcome(), 0..HALF_LIFE), 0..30),
        ) {
            let policy = Policy::default();
            let mut clock = 0;
            let mut seen = Behavior::newcomer(DateTime::UNIX_EPOCH);
            let mut instants = Vec::new();
            for (outcome, pause) in history {
                clock += pause;
                seen = seen.with(outcome, DateTime::from_timestamp(clock, 0).unwrap(), &policy);
                instants.push((outcome, clock));
            }
            let mut expected = Weights::default();
            for (outcome, at) in instants {
                #[expect(clippy::cast_precision_loss, reason = "a few weeks in seconds")]
                let halvings = (clock - at) as f64 / HALF_LIFE as f64;
                expected = expected.plus(Weights::from(outcome).times((-halvings).exp2()));
            }
            prop_assert!((seen.weights.confirmed - expected.confirmed).abs() < 1e-9);
            prop_assert!((seen.weights.abandoned - expected.abandoned).abs() < 1e-9);
        }

        #[test]
        fn the_score_follows_the_formula_and_orders_the_tiers(
            confirmed in 0.0..1e4, abandoned in 0.0..1e4, more in 0.0..1e3,
        ) {
            let policy = Policy::default();
            let verdict = policy.judge(weights(confirmed, abandoned));
            let formula = (confirmed + 3.0) / (confirmed + abandoned + 3.0);
            prop_assert!((verdict.score - formula).abs() < 1e-12);
            prop_assert!(verdict.score > 0.0 && verdict.score <= 1.0);
            let better = policy.judge(weights(confirmed + more, abandoned));
            let worse = policy.judge(weights(confirmed, abandoned + more));
            prop_assert!(worse.score <= verdict.score && verdict.score <= better.score);
            prop_assert!(worse.tier <= verdict.tier && verdict.tier <= better.tier);
        }

        #[test]
        fn promotion_doubles_and_no_hold_is_empty(hold in 5..=86_400_i32) {
            let policy = Policy::default();
            for tier in [Tier::Full, Tier::Reduced, Tier::Minimal] {
                let plain = policy.ttl_seconds(tier, hold, false);
                let promoted = policy.ttl_seconds(tier, hold, true);
                prop_assert!(plain >= 1 && plain <= hold);
                prop_assert!((promoted - 2 * plain).abs() <= 1);
            }
        }
    }
}
