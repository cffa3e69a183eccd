//! How many old reservations to write, and for which SKUs.

pub(super) const SKUS: u32 = 100;

/// Prefix of the SKUs. The first one has half of the reservations.
pub(crate) const PREFIX: &str = "AGED";

#[derive(Debug, Clone, Copy)]
pub(crate) struct History {
    pub(crate) reservations: u64,
    pub(crate) reservations_per_user: u64,
}
