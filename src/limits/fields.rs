//! The fields that tell a client how it stands (draft-ietf-httpapi-ratelimit-headers).

use std::fmt::Write;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::tab::Entry;

/// What there is: `"user";q=100;w=10`, so many units in so many seconds.
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What is left: `"user";r=96;t=1`, so many units, and the seconds until all are back.
const STANDING: HeaderName = HeaderName::from_static("ratelimit");

/// The most that either tells of one account: `, "address";q=1000000;w=3600`.
const LONGEST: usize = 30;

/// Sets both fields, unless nothing was counted.
pub(super) fn show(entries: &[Entry], headers: &mut HeaderMap) {
    let room = entries.len() * LONGEST;
    let (mut policy, mut standing) = (String::with_capacity(room), String::with_capacity(room));
    for Entry { account, level, .. } in entries {
        let comma = if policy.is_empty() { "" } else { ", " };
        let (name, quota) = (account.limit.name(), account.quota);
        let burst = quota.burst();
        let remaining = level.remaining.min(burst);
        let window = quota.seconds_for(burst);
        let reset = quota.seconds_for(burst - remaining);
        // A string takes whatever is written.
        let _ = write!(policy, "{comma}\"{name}\";q={burst};w={window}");
        let _ = write!(standing, "{comma}\"{name}\";r={remaining};t={reset}");
    }
    for (name, value) in [(POLICY, policy), (STANDING, standing)] {
        if let Ok(value) = HeaderValue::try_from(value)
            && !value.is_empty()
        {
            headers.insert(name, value);
        }
    }
}
