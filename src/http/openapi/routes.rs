//! Routes that know what they serve.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};
use serde_json::Value;

use super::call::Call;
use super::document;
use super::handler::Documented;
use super::sketch::Sketch;

/// A router, and what is to be told of each endpoint in it.
#[derive(Debug)]
pub struct Routes<S> {
    router: Router<S>,
    tag: &'static str,
    endpoints: Vec<Endpoint>,
    untold: Vec<&'static str>,
}

/// One method of one path.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) tag: &'static str,
    pub(super) call: Call,
    pub(super) describe: fn(&mut Sketch<'_>),
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes yet; what is added is told under the heading `tag`.
    #[must_use]
    pub fn new(tag: &'static str) -> Self {
        Self {
            router: Router::new(),
            tag,
            endpoints: Vec::new(),
            untold: Vec::new(),
        }
    }

    /// Serves GET.
    #[must_use]
    pub fn get<H, T, I>(self, path: &'static str, handler: H, call: Call) -> Self
    where
        H: Handler<T, S> + Documented<I>,
        T: 'static,
    {
        let describe = <H as Documented<I>>::describe;
        self.tell(Method::GET, path, get(handler), call, describe)
    }

    /// Serves POST.
    #[must_use]
    pub fn post<H, T, I>(self, path: &'static str, handler: H, call: Call) -> Self
    where
        H: Handler<T, S> + Documented<I>,
        T: 'static,
    {
        let describe = <H as Documented<I>>::describe;
        self.tell(Method::POST, path, post(handler), call, describe)
    }

    /// Serves GET of what is not part of the API, and so not told: pages for people, and names for
    /// what is told elsewhere.
    #[must_use]
    pub fn untold<H: Handler<T, S>, T: 'static>(mut self, path: &'static str, handler: H) -> Self {
        self.untold.push(path);
        self.router = self.router.route(path, get(handler));
        self
    }

    /// Both.
    #[must_use]
    pub fn merge(mut self, others: Self) -> Self {
        self.router = self.router.merge(others.router);
        self.endpoints.extend(others.endpoints);
        self.untold.extend(others.untold);
        self
    }

    /// The OpenAPI document of all that is told.
    #[must_use]
    pub fn document(&self) -> Value {
        document::of(&self.endpoints)
    }

    /// The paths of what is not told.
    #[must_use]
    pub fn untold_paths(&self) -> &[&'static str] {
        &self.untold
    }

    /// The method and the path of everything.
    #[must_use]
    pub fn served(&self) -> Vec<(Method, &'static str)> {
        let told = self.endpoints.iter();
        let told = told.map(|endpoint| (endpoint.method.clone(), endpoint.path));
        let untold = self.untold.iter().map(|path| (Method::GET, *path));
        told.chain(untold).collect()
    }

    /// What serves them all.
    pub fn into_router(self) -> Router<S> {
        self.router
    }

    fn tell(
        mut self,
        method: Method,
        path: &'static str,
        route: MethodRouter<S>,
        call: Call,
        describe: fn(&mut Sketch<'_>),
    ) -> Self {
        self.router = self.router.route(path, route);
        self.endpoints.push(Endpoint {
            method,
            path,
            tag: self.tag,
            call,
            describe,
        });
        self
    }
}
