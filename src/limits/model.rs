//! Rate-limit keys, and what charging them comes to.

use std::time::Duration;

use super::cost::Bucket;
use super::quota::Quota;

/// What requests are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    User,
    Key,
    Address,
}

/// One user, API key or address under its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RateLimitKey {
    pub(super) limit: Limit,
    bucket: Bucket,
    pub(super) quota: Quota,
    /// Unique in a store, such as `user:anna`.
    pub(super) name: String,
}

impl RateLimitKey {
    pub(super) fn new(limit: Limit, bucket: Bucket, quota: Quota, subject: &str) -> Self {
        let name = format!("{}:{subject}", policy(limit, bucket));
        Self {
            limit,
            bucket,
            quota,
            name,
        }
    }

    /// The name of its policy in response headers, metrics and Redis keys.
    pub(super) fn policy(&self) -> &'static str {
        policy(self.limit, self.bucket)
    }
}

fn policy(limit: Limit, bucket: Bucket) -> &'static str {
    match (limit, bucket) {
        (Limit::User, Bucket::General) => "user",
        (Limit::User, Bucket::Checkout) => "user-checkout",
        (Limit::Key, Bucket::General) => "key",
        (Limit::Key, Bucket::Checkout) => "key-checkout",
        (Limit::Address, Bucket::General) => "address",
        (Limit::Address, Bucket::Checkout) => "address-checkout",
    }
}

/// The state of a key after an attempt to charge it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decision {
    /// Units left.
    pub(super) remaining: u32,
    /// How long until this key can pay; `None` if it could, even where another key could not.
    pub(super) wait: Option<Duration>,
}

/// The store that charged a key, and that takes its refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backend {
    Memory,
    Redis,
}

/// A key, the latest decision on it, and where it was made.
#[derive(Debug)]
pub(super) struct Charge {
    pub(super) key: RateLimitKey,
    pub(super) decision: Decision,
    pub(super) backend: Backend,
}
