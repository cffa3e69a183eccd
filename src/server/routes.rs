//! All that is served, and what its handlers share.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::http::Method;
use serde_json::Value;
use sqlx::PgPool;
use tower::layer::util::Stack;
use tower::util::option_layer;

use crate::access::{Gate, Owners};
use crate::allocation::Lanes;
use crate::analytics::insight::Teller;
use crate::fairness::Policy;
use crate::http::{Around, Routes};
use crate::inventory::DefaultHoldTtl;
use crate::limits::Limiter;
use crate::live::Hub;
use crate::reservations::ReservationIndex;
use crate::vitals::Readiness;
use crate::{analytics, fairness, http, inventory, ledger, live, reservations, vitals, waitlist};

/// What the handlers share.
#[derive(Debug, Clone, FromRef)]
pub(super) struct AppState {
    pub(super) pool: PgPool,
    pub(super) lanes: Lanes,
    pub(super) reservation_index: ReservationIndex,
    pub(super) policy: Policy,
    pub(super) default_hold_ttl: DefaultHoldTtl,
    pub(super) teller: Arc<Teller>,
    pub(super) hub: Hub,
    pub(super) readiness: Arc<Readiness>,
}

/// The OpenAPI document of what is served.
#[must_use]
pub fn document() -> Value {
    routes().document()
}

/// The paths that are served and not part of the document: pages for people, and names.
#[must_use]
pub fn untold_paths() -> Vec<&'static str> {
    routes().untold_paths().to_vec()
}

/// Every route: the method and the path, as it is routed.
#[must_use]
pub fn served() -> Vec<(Method, &'static str)> {
    routes().served()
}

/// The routes, each request to which passes the gate, the limits, and whose it is.
pub(super) fn router(state: AppState, gate: Gate, limiter: Option<Arc<Limiter>>) -> Router {
    let owners = Arc::new(Owners::new(state.pool.clone()));
    let router = routes()
        .into_router()
        .fallback(http::not_found)
        .method_not_allowed_fallback(http::method_not_allowed);
    let limits = option_layer(limiter.map(Around::layer));
    let behind = Stack::new(owners.layer(), limits);
    http::layered(router, Stack::new(behind, Arc::new(gate).layer())).with_state(state)
}

/// All that is served.
fn routes() -> Routes<AppState> {
    let api = reservations::routes::routes()
        .merge(inventory::routes::routes())
        .merge(waitlist::routes::routes())
        .merge(ledger::routes::routes())
        .merge(fairness::routes::routes())
        .merge(analytics::routes::routes())
        .merge(live::routes::routes())
        .merge(http::metrics())
        .merge(vitals::routes());
    let documents = http::docs(&api.document());
    api.merge(documents)
        .merge(http::pages())
        .merge(http::files())
}
