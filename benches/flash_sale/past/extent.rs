//! How much of a past there is, and of which SKUs.

pub(super) const SKUS: u32 = 100;

/// What the SKUs are called; the first is the one with half of the past.
pub(crate) const PREFIX: &str = "AGED";

/// How much of a past.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Past {
    pub(crate) reservations: u64,
    /// How many of these each user made.
    pub(crate) of_each_user: u64,
}
