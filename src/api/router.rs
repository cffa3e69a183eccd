//! All routes, each behind the layers that its policy asks for.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Method;
use axum::routing::{MethodRouter, any};
use serde_json::Value;
use tower::layer::util::{Identity, Stack};
use tower::util::option_layer;

use super::policy::{RoutePolicy, Routes};
use super::state::AppState;
use super::{
    analytics, behavior, docs, files, health, inventory, ledger, live, metrics, problem_pages,
    reservations, waitlist,
};
use crate::access::{AuthLayer, Authenticator, Permission};
use crate::http::{self, Middleware};
use crate::limits::{Limiter, RateLimitLayer};
use crate::memory_budget::MemoryBudget;

/// What every API client should know, in Markdown.
const ABOUT: &str = include_str!("about.md");

/// A path that no route serves costs what a read costs.
const NOT_FOUND: RoutePolicy = RoutePolicy::read(Permission::Public);

/// Makes the layers that enforce the policies of the routes.
#[derive(Debug)]
pub struct RouteLayers {
    pub authenticator: Arc<Authenticator>,
    /// `None` where nothing is limited.
    pub limiter: Option<Arc<Limiter>>,
    /// How long a request may take.
    pub timeout: Duration,
    /// The memory of all clients.
    pub budget: MemoryBudget,
}

impl RouteLayers {
    /// Puts authentication and rate limits in front of a route, in this order.
    fn layered(
        &self,
        policy: RoutePolicy,
        route: MethodRouter<AppState>,
    ) -> MethodRouter<AppState> {
        let auth = AuthLayer::new(Arc::clone(&self.authenticator), policy.permission);
        let limits = self.limiter.as_ref();
        let limits = limits.and_then(|limiter| RateLimitLayer::new(limiter, policy.cost));
        let limits = option_layer(limits.map(Middleware::layer));
        let guard = Stack::new(limits, Arc::new(auth).layer());
        http::layered(route, self.timeout, self.budget.clone(), guard)
    }
}

/// The OpenAPI document.
#[must_use]
pub fn document() -> Value {
    documented_routes().document(ABOUT)
}

/// The paths of pages and files, which are not in the OpenAPI document.
#[must_use]
pub fn undocumented_paths() -> Vec<&'static str> {
    routes().undocumented_paths().collect()
}

/// The method and the path of every route.
#[must_use]
pub fn served() -> Vec<(Method, &'static str)> {
    let routes = routes();
    let served = routes.served();
    served
        .map(|(method, path)| (method.clone(), path))
        .collect()
}

/// The routes, each behind the layers that its policy asks for.
pub fn router(state: AppState, layers: &RouteLayers) -> Router {
    let not_found = layers.layered(NOT_FOUND, any(http::not_found));
    let method_not_allowed = http::layered(
        any(http::method_not_allowed),
        layers.timeout,
        layers.budget.clone(),
        Identity::new(),
    );
    routes()
        .into_router(|policy, route| layers.layered(*policy, route))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state)
}

fn routes() -> Routes {
    let documented = documented_routes();
    let docs = docs::routes(&documented.document(ABOUT));
    documented
        .merge(docs)
        .merge(problem_pages::routes())
        .merge(files::routes())
}

fn documented_routes() -> Routes {
    reservations::routes()
        .merge(inventory::routes())
        .merge(waitlist::routes())
        .merge(ledger::routes())
        .merge(behavior::routes())
        .merge(analytics::routes())
        .merge(live::routes())
        .merge(metrics::routes())
        .merge(health::routes())
}
