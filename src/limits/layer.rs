//! Has every request counted that the gate has let through. It belongs behind the gate, which knows
//! who asks.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::response::{IntoResponse, Response};

use super::limiter::Limiter;
use super::model::{Account, Limit};
use super::origin::counted;
use super::tab::{COMMAND, READ, Tab};
use crate::access::Caller;
use crate::connections::Peer;
use crate::http::{Around, Behind, REPLAYED};

/// Who watches over the service is never told to wait.
const UNLIMITED: [&str; 4] = ["/livez", "/readyz", "/health", "/metrics"];

impl Around for Limiter {
    async fn around(self: Arc<Self>, mut request: Request, routes: impl Behind) -> Response {
        let Some(price) = price(&request) else {
            return routes.answer(request).await;
        };
        let accounts = accounts(&self, &request);
        let tab = Tab::open(self, price);
        let mut response = match tab.charge(accounts).await {
            Ok(()) => {
                request.extensions_mut().insert(tab.clone());
                routes.answer(request).await
            }
            Err(problem) => problem.into_response(),
        };
        if response.headers().contains_key(REPLAYED) {
            tab.was_replayed().await;
        }
        tab.show(response.headers_mut());
        response
    }
}

/// Whether requests of the route are counted where there are limits.
#[must_use]
pub fn is_limited(path: &str) -> bool {
    !UNLIMITED.contains(&path)
}

/// What a request costs; `None`: it is not counted.
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

/// Who is charged, as far as the head of a request tells. An API key is at home on the shop's own
/// servers, which have few addresses: it is counted instead of them.
fn accounts(limiter: &Limiter, request: &Request) -> Vec<Account> {
    let address = || {
        let Peer(peer) = request.extensions().get::<Peer>()?;
        let client = limiter.proxies.client(peer.ip(), request.headers());
        limiter.account(Limit::Address, &counted(client))
    };
    let (first, second) = match request.extensions().get::<Caller>() {
        Some(Caller::Key { actor, .. }) => (limiter.account(Limit::Key, actor.as_str()), None),
        Some(Caller::User { user_id, .. }) => {
            let user = limiter.account(Limit::User, user_id.as_str());
            (address(), user)
        }
        Some(Caller::Anyone) | None => (address(), None),
    };
    first.into_iter().chain(second).collect()
}
