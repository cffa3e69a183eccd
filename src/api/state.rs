//! What the handlers share, and which problems using it can end in.

use std::sync::Arc;

use axum::extract::FromRef;
use sqlx::PgPool;

use super::heavy_reads::HeavyReads;
use crate::allocation::Lanes;
use crate::analytics::insight::SummaryCache;
use crate::fairness::Policy;
use crate::health::Readiness;
use crate::http::{ProblemType, StateErrors};
use crate::inventory::DefaultHoldTtl;
use crate::live::Hub;
use crate::reservations::ReservationIndex;

/// What the handlers share.
#[derive(Debug, Clone, FromRef)]
pub struct AppState {
    pub pool: PgPool,
    pub heavy_reads: HeavyReads,
    pub lanes: Lanes,
    pub reservation_index: ReservationIndex,
    pub policy: Policy,
    pub default_hold_ttl: DefaultHoldTtl,
    pub summaries: Arc<SummaryCache>,
    pub hub: Hub,
    pub readiness: Arc<Readiness>,
}

impl StateErrors for PgPool {
    const PROBLEMS: &'static [ProblemType] = &[ProblemType::DatabaseUnavailable];
}

impl StateErrors for Lanes {
    const PROBLEMS: &'static [ProblemType] =
        &[ProblemType::Overloaded, ProblemType::DatabaseUnavailable];
}

impl StateErrors for ReservationIndex {
    const PROBLEMS: &'static [ProblemType] = &[ProblemType::DatabaseUnavailable];
}

impl StateErrors for Policy {
    const PROBLEMS: &'static [ProblemType] = &[];
}

impl StateErrors for Arc<SummaryCache> {
    const PROBLEMS: &'static [ProblemType] = &[];
}

impl StateErrors for Arc<Readiness> {
    const PROBLEMS: &'static [ProblemType] = &[ProblemType::NotReady];
}

impl StateErrors for Hub {
    const PROBLEMS: &'static [ProblemType] = &[ProblemType::Overloaded];
}

impl StateErrors for DefaultHoldTtl {
    const PROBLEMS: &'static [ProblemType] = &[];
}
