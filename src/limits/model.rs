//! What is limited, and how much of it is left.

use std::time::Duration;

use super::quota::Quota;

/// What is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Limit {
    /// The shopper.
    User,
    /// The API key.
    Key,
    /// The address of the client.
    Address,
}

impl Limit {
    /// As clients and metrics name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Key => "key",
            Self::Address => "address",
        }
    }
}

/// An account that is limited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) limit: Limit,
    pub(super) quota: Quota,
    /// Which user, key or address.
    pub(super) whose: String,
}

/// How an account stands after it was to be charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level {
    /// Units that are left.
    pub(super) remaining: u32,
    /// How long it takes until the price can be paid; `None`: it was.
    pub(super) wait: Option<Duration>,
}
