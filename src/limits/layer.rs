//! Has every request counted that the gate has let through.

use std::convert::Infallible;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use tower::{Layer, Service};

use super::limiter::Limiter;
use super::model::{Account, Limit};
use super::origin::counted;
use super::tab::{COMMAND, READ, Tab};
use crate::access::Caller;
use crate::connections::Peer;
use crate::http::REPLAYED;

/// Who watches over the service is never told to wait.
const UNLIMITED: [&str; 4] = ["/livez", "/readyz", "/health", "/metrics"];

/// Has every request counted.
#[derive(Debug, Clone)]
pub struct LimitsLayer(pub(super) Arc<Limiter>);

/// What is asked only as often as the limits allow.
#[derive(Debug, Clone)]
pub struct Limited<S> {
    limiter: Arc<Limiter>,
    inner: S,
}

impl<S> Layer<S> for LimitsLayer {
    type Service = Limited<S>;

    fn layer(&self, inner: S) -> Limited<S> {
        let limiter = Arc::clone(&self.0);
        Limited { limiter, inner }
    }
}

impl<S> Service<Request> for Limited<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let limiter = Arc::clone(&self.limiter);
        // The one that is ready is the one that works.
        let next = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, next);
        Box::pin(async move {
            let Some(price) = price(&request) else {
                return inner.call(request).await;
            };
            let accounts = accounts(&limiter, &request);
            let tab = Tab::open(limiter, price);
            let mut response = match tab.charge(accounts).await {
                Ok(()) => {
                    request.extensions_mut().insert(tab.clone());
                    inner.call(request).await?
                }
                Err(problem) => problem.into_response(),
            };
            if response.headers().contains_key(REPLAYED) {
                tab.was_replayed().await;
            }
            tab.show(response.headers_mut());
            Ok(response)
        })
    }
}

/// What a request costs; `None`: it is not counted.
fn price(request: &Request) -> Option<u32> {
    let path = request.extensions().get::<MatchedPath>();
    if path.is_some_and(|path| UNLIMITED.contains(&path.as_str())) {
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
    let account = |limit, whose| Account { limit, whose };
    let address = || {
        let Peer(peer) = request.extensions().get::<Peer>()?;
        let client = limiter.proxies.client(peer.ip(), request.headers());
        Some(account(Limit::Address, counted(client)))
    };
    match request.extensions().get::<Caller>() {
        Some(Caller::Key { actor, .. }) => {
            vec![account(Limit::Key, actor.as_str().to_owned())]
        }
        Some(Caller::User { user_id, .. }) => {
            let user = account(Limit::User, user_id.as_str().to_owned());
            address().into_iter().chain([user]).collect()
        }
        Some(Caller::Anyone) | None => address().into_iter().collect(),
    }
}
