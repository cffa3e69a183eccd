//! What handlers share, and what can go wrong with each.

use std::sync::Arc;

use sqlx::PgPool;

use crate::allocation::Lanes;
use crate::analytics::insight::Teller;
use crate::fairness::Policy;
use crate::http::Code;
use crate::inventory::DefaultHoldTtl;
use crate::live::Hub;
use crate::reservations::ReservationIndex;
use crate::vitals::Readiness;

/// Something that all handlers share.
pub trait Shared {
    /// What can go wrong with it.
    const PROBLEMS: &'static [Code];
}

impl Shared for PgPool {
    const PROBLEMS: &'static [Code] = &[Code::DatabaseUnavailable];
}

impl Shared for Lanes {
    const PROBLEMS: &'static [Code] = &[Code::Overloaded, Code::DatabaseUnavailable];
}

impl Shared for ReservationIndex {
    const PROBLEMS: &'static [Code] = &[Code::DatabaseUnavailable];
}

impl Shared for Policy {
    const PROBLEMS: &'static [Code] = &[];
}

impl Shared for Arc<Teller> {
    const PROBLEMS: &'static [Code] = &[];
}

impl Shared for Arc<Readiness> {
    const PROBLEMS: &'static [Code] = &[Code::NotReady];
}

impl Shared for Hub {
    const PROBLEMS: &'static [Code] = &[Code::Overloaded];
}

impl Shared for DefaultHoldTtl {
    const PROBLEMS: &'static [Code] = &[];
}
