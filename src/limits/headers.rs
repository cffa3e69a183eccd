//! The response headers of draft-ietf-httpapi-ratelimit-headers.

use std::fmt::Write;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::model::Charge;

/// The quotas: `"user";q=100;w=10` is 100 units in 10 seconds.
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What is left: `"user";r=96;t=1` is 96 units, and all of them again in a second.
const REMAINING: HeaderName = HeaderName::from_static("ratelimit");

/// The longest item of either header: `, "address-checkout";q=1000000;w=3600`.
const ITEM_LENGTH: usize = 39;

/// Sets both headers, unless nothing was charged.
pub(super) fn set(charges: &[Charge], headers: &mut HeaderMap) {
    if charges.is_empty() {
        return;
    }
    let length = charges.len() * ITEM_LENGTH;
    let (mut policy, mut left) = (String::with_capacity(length), String::with_capacity(length));
    for Charge { key, decision, .. } in charges {
        let comma = if policy.is_empty() { "" } else { ", " };
        let (name, quota) = (key.policy(), key.quota);
        let burst = quota.burst();
        let remaining = decision.remaining.min(burst);
        let window = quota.seconds_for(burst);
        let reset = quota.seconds_for(burst - remaining);
        // Writing to a String cannot fail.
        let _ = write!(policy, "{comma}\"{name}\";q={burst};w={window}");
        let _ = write!(left, "{comma}\"{name}\";r={remaining};t={reset}");
    }
    for (name, value) in [(POLICY, policy), (REMAINING, left)] {
        let value = HeaderValue::try_from(value);
        let value = value.unwrap_or_else(|_| unreachable!("names and numbers are visible ASCII"));
        headers.insert(name, value);
    }
}
