//! Routes, each declared in one place: method, path, policy, handler and OpenAPI operation.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};
use serde_json::Value;

use super::openapi::{self, Documented, Endpoint, Operation, OperationPolicy};

/// Routes over the state `S`. Each has a policy `P`, which the layers in front of its handler enforce.
#[derive(Debug)]
pub struct Routes<S, P> {
    tag: &'static str,
    routes: Vec<Route<S, P>>,
}

#[derive(Debug)]
struct Route<S, P> {
    method: Method,
    path: &'static str,
    policy: P,
    handler: MethodRouter<S>,
    /// `None` for what is not part of the API.
    endpoint: Option<Endpoint>,
}

impl<S: Clone + Send + Sync + 'static, P: OperationPolicy> Routes<S, P> {
    /// No routes yet; the operations of those to come are grouped under `tag`.
    #[must_use]
    pub fn new(tag: &'static str) -> Self {
        Self {
            tag,
            routes: Vec::new(),
        }
    }

    /// Serves GET.
    #[must_use]
    pub fn get<H, T, I>(
        self,
        path: &'static str,
        policy: P,
        handler: H,
        operation: Operation,
    ) -> Self
    where
        H: Handler<T, S> + Documented<I>,
        T: 'static,
    {
        let endpoint = Some(Endpoint::new::<H, I>(self.tag, operation));
        self.with(Route {
            method: Method::GET,
            path,
            policy,
            handler: get(handler),
            endpoint,
        })
    }

    /// Serves POST.
    #[must_use]
    pub fn post<H, T, I>(
        self,
        path: &'static str,
        policy: P,
        handler: H,
        operation: Operation,
    ) -> Self
    where
        H: Handler<T, S> + Documented<I>,
        T: 'static,
    {
        let endpoint = Some(Endpoint::new::<H, I>(self.tag, operation));
        self.with(Route {
            method: Method::POST,
            path,
            policy,
            handler: post(handler),
            endpoint,
        })
    }

    /// Serves GET of a page or file that is not part of the API, and so not in the OpenAPI document.
    #[must_use]
    pub fn undocumented<H, T>(self, path: &'static str, policy: P, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.with(Route {
            method: Method::GET,
            path,
            policy,
            handler: get(handler),
            endpoint: None,
        })
    }

    /// These routes and `others`.
    #[must_use]
    pub fn merge(mut self, others: Self) -> Self {
        self.routes.extend(others.routes);
        self
    }

    /// The OpenAPI document. `description` is Markdown about the API as a whole.
    #[must_use]
    pub fn document(&self, description: &str) -> Value {
        let documented = self.routes.iter().filter_map(|route| {
            let endpoint = route.endpoint.as_ref()?;
            Some((&route.method, route.path, &route.policy, endpoint))
        });
        openapi::document(documented, description)
    }

    /// The paths that are not in the OpenAPI document.
    pub fn undocumented_paths(&self) -> impl Iterator<Item = &'static str> {
        let undocumented = self.routes.iter().filter(|route| route.endpoint.is_none());
        undocumented.map(|route| route.path)
    }

    /// The method and the path of every route.
    pub fn served(&self) -> impl Iterator<Item = (&Method, &'static str)> {
        self.routes.iter().map(|route| (&route.method, route.path))
    }

    /// The router. `layered` puts what enforces a policy in front of a handler.
    pub fn into_router(
        self,
        layered: impl Fn(&P, MethodRouter<S>) -> MethodRouter<S>,
    ) -> Router<S> {
        let add = |router: Router<S>, route: Route<S, P>| {
            router.route(route.path, layered(&route.policy, route.handler))
        };
        self.routes.into_iter().fold(Router::new(), add)
    }

    fn with(mut self, route: Route<S, P>) -> Self {
        self.routes.push(route);
        self
    }
}
