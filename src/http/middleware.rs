//! Middleware as one async method: sees each request before its handler, and the response after it.

use std::convert::Infallible;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use tower::{Layer, Service};

/// Handles requests around the service that comes next.
pub trait Middleware: Send + Sync + 'static {
    /// Answers `request`, either through `next` or directly.
    fn handle(
        self: Arc<Self>,
        request: Request,
        next: impl Next,
    ) -> impl Future<Output = Response> + Send;

    /// The tower layer that applies this middleware.
    fn layer(self: Arc<Self>) -> MiddlewareLayer<Self> {
        MiddlewareLayer(self)
    }
}

/// The service behind a middleware.
pub trait Next: Send {
    /// Answers `request`.
    fn run(self, request: Request) -> impl Future<Output = Response> + Send;
}

impl<S> Next for S
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send> + Send,
{
    async fn run(mut self, request: Request) -> Response {
        let Ok(response) = self.call(request).await;
        response
    }
}

/// Applies a [`Middleware`]. It boxes one future for each request; axum's `from_fn` boxes the inner
/// service, too.
#[derive(Debug)]
pub struct MiddlewareLayer<M: ?Sized>(Arc<M>);

/// A service behind a [`Middleware`].
#[derive(Debug)]
pub struct MiddlewareService<M, S> {
    middleware: Arc<M>,
    inner: S,
}

impl<M> Clone for MiddlewareLayer<M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<M, S: Clone> Clone for MiddlewareService<M, S> {
    fn clone(&self) -> Self {
        Self {
            middleware: Arc::clone(&self.middleware),
            inner: self.inner.clone(),
        }
    }
}

impl<M, S> Layer<S> for MiddlewareLayer<M> {
    type Service = MiddlewareService<M, S>;

    fn layer(&self, inner: S) -> MiddlewareService<M, S> {
        let middleware = Arc::clone(&self.0);
        MiddlewareService { middleware, inner }
    }
}

impl<M, S> Service<Request> for MiddlewareService<M, S>
where
    M: Middleware,
    S: Service<Request, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let middleware = Arc::clone(&self.middleware);
        // Only the clone that was polled until ready may be called.
        let clone = self.inner.clone();
        let ready = mem::replace(&mut self.inner, clone);
        Box::pin(async move { Ok(middleware.handle(request, ready).await) })
    }
}
