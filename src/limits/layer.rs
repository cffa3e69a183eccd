//! Charges each request to its caller. It runs behind authentication, which identifies the caller.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};

use super::cost::Cost;
use super::limiter::Limiter;
use super::model::{Account, Limit};
use super::origin::counted;
use super::tab::Tab;
use crate::access::Caller;
use crate::connections::Peer;
use crate::http::{Middleware, Next, REPLAYED};

/// The middleware in front of the routes whose requests have one cost.
#[derive(Debug)]
pub struct RateLimitLayer {
    limiter: Arc<Limiter>,
    cost: Cost,
}

impl RateLimitLayer {
    /// Charges `cost` for each request; `None` where nothing is charged.
    #[must_use]
    pub fn new(limiter: &Arc<Limiter>, cost: Cost) -> Option<Arc<Self>> {
        let limiter = Arc::clone(limiter);
        (cost != Cost::Free).then(|| Arc::new(Self { limiter, cost }))
    }
}

impl Middleware for RateLimitLayer {
    async fn handle(self: Arc<Self>, mut request: Request, next: impl Next) -> Response {
        let accounts = accounts(&self.limiter, &request);
        let tab = Tab::open(Arc::clone(&self.limiter), self.cost.units());
        let mut response = match tab.charge(accounts).await {
            Ok(()) => {
                request.extensions_mut().insert(tab.clone());
                next.run(request).await
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
