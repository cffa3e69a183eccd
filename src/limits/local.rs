//! The accounts of this process.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock, ReasonablyRealtime};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::{DashMapStateStore, ShrinkableKeyedStateStore};
use governor::{NotUntil, RateLimiter};

use super::model::Level;
use super::quota::Quota;

/// The accounts that count against one limit.
#[derive(Debug)]
pub(super) struct Local<C: Clock = DefaultClock> {
    limiter: RateLimiter<String, Ledger, C, StateInformationMiddleware>,
    ledger: Ledger,
    quota: Quota,
}

/// Kept in two hands, since a limiter knows no way to give something back.
#[derive(Debug, Clone, Default)]
struct Ledger(Arc<DashMapStateStore<String>>);

impl StateStore for Ledger {
    type Key = String;

    fn measure_and_replace<T, F, E>(&self, key: &String, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0.measure_and_replace(key, f)
    }
}

impl ShrinkableKeyedStateStore<String> for Ledger {
    fn retain_recent(&self, drop_below: Nanos) {
        ShrinkableKeyedStateStore::retain_recent(&*self.0, drop_below);
    }

    fn shrink_to_fit(&self) {
        self.0.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<C: Clock + ReasonablyRealtime> Local<C> {
    pub(super) fn new(quota: Quota, clock: C) -> Self {
        let ledger = Ledger::default();
        let burst = NonZeroU32::new(quota.burst()).unwrap_or(NonZeroU32::MIN);
        let limit = governor::Quota::with_period(quota.interval());
        let limit = limit.unwrap_or(governor::Quota::per_second(burst));
        Self {
            limiter: RateLimiter::new(limit.allow_burst(burst), ledger.clone(), clock),
            ledger,
            quota,
        }
    }

    /// Charges `price` units, if they are there.
    pub(super) fn charge(&self, whose: &String, price: u32) -> Level {
        let units = NonZeroU32::new(price).unwrap_or(NonZeroU32::MIN);
        match self.limiter.check_key_n(whose, units) {
            Ok(Ok(state)) => Level {
                remaining: state.remaining_burst_capacity(),
                wait: None,
            },
            Ok(Err(refusal)) => self.refused(&refusal, price),
            // No quota is too small for a price: this is what would be told if one were.
            Err(_) => self.level_in(self.quota.interval().saturating_mul(price), price),
        }
    }

    fn refused(&self, refusal: &NotUntil<C::Instant>, price: u32) -> Level {
        self.level_in(refusal.wait_time_from(self.limiter.clock().now()), price)
    }

    /// The level of an account that can pay `price` after `wait`.
    fn level_in(&self, wait: Duration, price: u32) -> Level {
        let missing = wait.as_nanos().div_ceil(self.quota.interval().as_nanos());
        Level {
            remaining: price.saturating_sub(u32::try_from(missing).unwrap_or(u32::MAX)),
            wait: Some(wait),
        }
    }

    /// Gives `units` back that were charged.
    pub(super) fn give_back(&self, whose: &String, units: u32) {
        let time = Nanos::from(self.quota.interval().saturating_mul(units));
        let earlier =
            |charged: Option<Nanos>| charged.map(|at| ((), at.saturating_sub(time))).ok_or(());
        // Who is forgotten owes nothing.
        let _ = self.ledger.measure_and_replace(whose, earlier);
    }

    /// Forgets all whose units are back.
    pub(super) fn tidy(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use governor::clock::{Clock, FakeRelativeClock, ReasonablyRealtime};
    use governor::nanos::Nanos;
    use proptest::prelude::*;

    use super::Local;

    /// A clock that is moved by hand.
    #[derive(Debug, Clone, Default)]
    struct ByHand(FakeRelativeClock);

    impl Clock for ByHand {
        type Instant = Nanos;

        fn now(&self) -> Nanos {
            self.0.now()
        }
    }

    impl ReasonablyRealtime for ByHand {}

    fn local(quota: &str) -> (Local<ByHand>, FakeRelativeClock) {
        let clock = ByHand::default();
        (Local::new(quota.parse().unwrap(), clock.clone()), clock.0)
    }

    #[test]
    fn who_has_used_up_their_units_waits_for_the_next() {
        let (local, clock) = local("10/s");
        let anna = "anna".to_owned();
        assert_eq!(local.charge(&anna, 4).remaining, 6);
        assert_eq!(local.charge(&anna, 4).remaining, 2);
        let refused = local.charge(&anna, 4);
        assert_eq!(refused.remaining, 2);
        assert_eq!(refused.wait, Some(Duration::from_millis(200)));
        assert_eq!(local.charge(&"ben".to_owned(), 4).wait, None);
        clock.advance(Duration::from_millis(200));
        assert_eq!(local.charge(&anna, 4).wait, None);
    }

    #[test]
    fn who_owes_nothing_is_forgotten() {
        let (local, clock) = local("10/s");
        for number in 0..10_000 {
            local.charge(&format!("user-{number}"), 4);
        }
        local.tidy();
        assert_eq!(local.ledger.0.len(), 10_000);
        clock.advance(Duration::from_secs(2));
        local.charge(&"late".to_owned(), 4);
        local.tidy();
        assert_eq!(local.ledger.0.len(), 1);
    }

    proptest! {
        /// The model: a bucket of so many units, into which one drops every 100 ms.
        #[test]
        fn it_counts_as_a_bucket_that_is_refilled(
            steps in proptest::collection::vec((0_u64..6, 1_u32..5, any::<bool>()), 1..60),
        ) {
            let (local, clock) = local("10/s");
            let anna = "anna".to_owned();
            let mut bucket = 10;
            for (passed, price, keeps) in steps {
                clock.advance(Duration::from_millis(100 * passed));
                bucket = (bucket + u32::try_from(passed).unwrap()).min(10);
                let level = local.charge(&anna, price);
                prop_assert_eq!(level.wait.is_none(), price <= bucket);
                if level.wait.is_some() {
                    let missing = u64::from(price - bucket);
                    prop_assert_eq!(level.wait, Some(Duration::from_millis(100 * missing)));
                } else if keeps {
                    bucket -= price;
                    prop_assert_eq!(level.remaining, bucket);
                } else {
                    local.give_back(&anna, price);
                }
            }
        }
    }
}
