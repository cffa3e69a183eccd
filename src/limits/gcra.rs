//! The generic cell rate algorithm (GCRA), which both stores run: `charge.lua` is this arithmetic.
//!
//! The state of a key is one number, its theoretical arrival time (TAT): when all its units will be
//! back. Times are whole microseconds of the store's clock, which Lua's doubles hold exactly.

use std::time::Duration;

use super::model::{Decision, RateLimitKey};

/// Charges `units` to every key, or to none if one has too few left. Returns whether it did.
///
/// `tats` are those of `keys`; afterwards none is before `now`.
pub(super) fn charge(tats: &mut [u64], keys: &[RateLimitKey], units: u32, now: u64) -> bool {
    assert_eq!(tats.len(), keys.len(), "each key has one TAT");
    let mut allowed = true;
    for (tat, key) in tats.iter_mut().zip(keys) {
        *tat = now.max(*tat);
        allowed &= *tat + key.quota.micros(units) <= now + key.quota.micros(key.quota.burst());
    }
    if allowed {
        for (tat, key) in tats.iter_mut().zip(keys) {
            *tat += key.quota.micros(units);
        }
    }
    allowed
}

/// The TAT of a key that gets `units` back.
pub(super) fn refund(tat: u64, key: &RateLimitKey, units: u32) -> u64 {
    tat.saturating_sub(key.quota.micros(units))
}

/// Tells how `key` is left whose units are all back after `debt` microseconds.
pub(super) fn decide(key: &RateLimitKey, debt: u64, units: u32, allowed: bool) -> Decision {
    let quota = key.quota;
    let used = debt.div_ceil(quota.micros(1));
    let used = u32::try_from(used).unwrap_or(u32::MAX);
    let wait = (debt + quota.micros(units)).saturating_sub(quota.micros(quota.burst()));
    Decision {
        // A quota that was lowered may be overdrawn.
        remaining: quota.burst().saturating_sub(used),
        wait: (!allowed && wait > 0).then(|| Duration::from_micros(wait)),
    }
}
