//! What is done around every request, whichever route it takes.

use std::convert::Infallible;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use tower::{Layer, Service};

/// Sees each request before the routes do, and its answer after them.
pub trait Around: Send + Sync + 'static {
    /// Answers `request`, by what is behind it or by itself.
    fn around(
        self: Arc<Self>,
        request: Request,
        behind: impl Behind,
    ) -> impl Future<Output = Response> + Send;

    /// The layer that has every request pass.
    fn layer(self: Arc<Self>) -> AroundLayer<Self> {
        AroundLayer(self)
    }
}

/// What answers the requests that are passed on.
pub trait Behind: Send {
    /// Answers one of them.
    fn answer(self, request: Request) -> impl Future<Output = Response> + Send;
}

impl<S> Behind for S
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send> + Send,
{
    async fn answer(mut self, request: Request) -> Response {
        let Ok(response) = self.call(request).await;
        response
    }
}

/// Has every request pass an [`Around`]. It boxes each answer to come once; axum's own middleware from
/// functions boxes all that is behind it, too.
#[derive(Debug)]
pub struct AroundLayer<A: ?Sized>(Arc<A>);

/// A service whose requests pass an [`Around`].
#[derive(Debug)]
pub struct Surrounded<A, S> {
    around: Arc<A>,
    behind: S,
}

impl<A> Clone for AroundLayer<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A, S: Clone> Clone for Surrounded<A, S> {
    fn clone(&self) -> Self {
        Self {
            around: Arc::clone(&self.around),
            behind: self.behind.clone(),
        }
    }
}

impl<A, S> Layer<S> for AroundLayer<A> {
    type Service = Surrounded<A, S>;

    fn layer(&self, behind: S) -> Surrounded<A, S> {
        let around = Arc::clone(&self.0);
        Surrounded { around, behind }
    }
}

impl<A, S> Service<Request> for Surrounded<A, S>
where
    A: Around,
    S: Service<Request, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.behind.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let around = Arc::clone(&self.around);
        // The one that is ready is the one that works.
        let next = self.behind.clone();
        let ready = mem::replace(&mut self.behind, next);
        Box::pin(async move { Ok(around.around(request, ready).await) })
    }
}
