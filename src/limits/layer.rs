//! Charges every request that passed authentication, which knows the API key and the user.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::response::{IntoResponse, Response};

use super::client_ip::address_key;
use super::limiter::Limiter;
use super::model::{Limit, RateLimitKey};
use super::quota::{COMMAND, READ};
use super::request_cost::RequestCost;
use crate::access::Caller;
use crate::connections::Peer;
use crate::http::{Around, Behind, REPLAYED};

/// Monitoring is never limited.
const UNLIMITED: [&str; 4] = ["/livez", "/readyz", "/health", "/metrics"];

impl Around for Limiter {
    async fn around(self: Arc<Self>, mut request: Request, routes: impl Behind) -> Response {
        let Some(units) = price(&request) else {
            return routes.answer(request).await;
        };
        let keys = keys(&self, &request);
        let cost = RequestCost::new(self, units);
        let mut response = match cost.charge(keys).await {
            Ok(()) => {
                request.extensions_mut().insert(cost.clone());
                routes.answer(request).await
            }
            Err(problem) => problem.into_response(),
        };
        if response.headers().contains_key(REPLAYED) {
            cost.refund_replay().await;
        }
        cost.set_headers(response.headers_mut());
        response
    }
}

/// Whether requests of the route are charged.
#[must_use]
pub fn is_limited(path: &str) -> bool {
    !UNLIMITED.contains(&path)
}

/// The cost of a request in units; `None` if it is free.
fn price(request: &Request) -> Option<u32> {
    let path = request.extensions().get::<MatchedPath>();
    if path.is_some_and(|path| !is_limited(path.as_str())) {
        return None;
    }
    match *request.method() {
        Method::GET | Method::HEAD | Method::OPTIONS => Some(READ),
        _ => Some(COMMAND),
    }
}

/// The keys that the head of a request is charged to. An API key is charged instead of its address:
/// the shop's own servers share few addresses.
fn keys(limiter: &Limiter, request: &Request) -> Vec<RateLimitKey> {
    let address = || {
        let Peer(peer) = request.extensions().get::<Peer>()?;
        let client = limiter.proxies.client_ip(peer.ip(), request.headers());
        limiter.key(Limit::Address, &address_key(client))
    };
    let (first, second) = match request.extensions().get::<Caller>() {
        Some(Caller::Key { actor, .. }) => (limiter.key(Limit::Key, actor.as_str()), None),
        Some(Caller::User { user_id, .. }) => {
            (address(), limiter.key(Limit::User, user_id.as_str()))
        }
        Some(Caller::Anyone) | None => (address(), None),
    };
    first.into_iter().chain(second).collect()
}
