//! Charges every request that passed authentication, which knows the API key and the user.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};

use super::client_ip::address_key;
use super::cost::Bucket;
use super::cost::Cost;
use super::limiter::Limiter;
use super::model::{Limit, RateLimitKey};
use super::request_cost::RequestCost;
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
    /// Charges `cost` for each request; `None` if that is free.
    #[must_use]
    pub fn new(limiter: &Arc<Limiter>, cost: Cost) -> Option<Arc<Self>> {
        let limiter = Arc::clone(limiter);
        (cost != Cost::Free).then(|| Arc::new(Self { limiter, cost }))
    }
}

impl Middleware for RateLimitLayer {
    async fn handle(self: Arc<Self>, mut request: Request, next: impl Next) -> Response {
        let keys = keys(&self.limiter, &request, self.cost.bucket());
        let cost = RequestCost::new(Arc::clone(&self.limiter), self.cost);
        let mut response = match cost.charge(keys).await {
            Ok(()) => {
                request.extensions_mut().insert(cost.clone());
                next.run(request).await
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

/// The keys that the head of a request is charged to. An API key is charged instead of its address:
/// the shop's own servers share few addresses.
fn keys(limiter: &Limiter, request: &Request, bucket: Bucket) -> Vec<RateLimitKey> {
    let address = || {
        let Some(Peer(peer)) = request.extensions().get::<Peer>() else {
            unreachable!("the connection of a request sets its peer");
        };
        let client = limiter.proxies.client_ip(peer.ip(), request.headers());
        limiter.key(Limit::Address, bucket, &address_key(client))
    };
    let (first, second) = match request.extensions().get::<Caller>() {
        Some(Caller::Key { actor, .. }) => (limiter.key(Limit::Key, bucket, actor.as_str()), None),
        Some(Caller::User { user_id, .. }) => (
            address(),
            limiter.key(Limit::User, bucket, user_id.as_str()),
        ),
        Some(Caller::Anyone) | None => (address(), None),
    };
    first.into_iter().chain(second).collect()
}
