//! The layers in front of every route.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use axum::middleware::map_response;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route};
use tower::{Layer, Service, ServiceBuilder};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{
    MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::trace::TraceLayer;
use tracing::Span;
use tracing::field::Empty;
use uuid::Uuid;

use super::extract::BODY_LIMIT;
use super::middleware::Middleware;
use super::problem::panicked;
use super::request_metrics::RequestMetrics;
use super::response_memory::claimed;
use crate::deadline::Deadline;
use crate::memory_budget::MemoryBudget;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest request id that a client may send, in characters.
const LONGEST_ID: usize = 128;

/// From this time on, a request is logged as slow.
const SLOW: Duration = Duration::from_secs(1);

/// What a page may load: files of this server, nothing else.
const CONTENT_POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/// The headers of every response that does not set its own: no caching, no content sniffing, frames, cross-origin use, referrers or
/// device access.
const DEFAULT_HEADERS: [(HeaderName, &str); 8] = [
    // A cache must not answer for stock.
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Puts `guard` in front of a route, and in front of that the deadline, request ids, logging, metrics,
/// the limits on bodies, default headers, and a problem document for a panic.
pub fn layered<S, G>(
    route: MethodRouter<S>,
    timeout: Duration,
    budget: MemoryBudget,
    guard: G,
) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
    G: Layer<Route> + Clone + Send + Sync + 'static,
    G::Service: Service<Request, Response = axum::response::Response, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    <G::Service as Service<Request>>::Future: Send + 'static,
{
    // One stack, the outermost first: axum boxes each layer that is added by itself, and clones all
    // of them for each request.
    let stack = ServiceBuilder::new()
        .map_request(move |request| prepared(request, timeout))
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewRequestId))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_request(())
                .on_response(log)
                .on_failure(()),
        )
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(Arc::new(RequestMetrics).layer())
        .map_response(with_default_headers)
        .layer(CatchPanicLayer::custom(panicked))
        .map_response(move |response: axum::response::Response| claimed(&budget, response))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(guard);
    route.layer(stack)
}

/// Sets the deadline of a request that has just arrived, and removes a request id that is empty, too
/// long or not printable.
fn prepared(mut request: Request, timeout: Duration) -> Request {
    request.extensions_mut().insert(Deadline::after(timeout));
    let headers = request.headers_mut();
    let fits = |id: &HeaderValue| {
        let id = id.as_bytes();
        (1..=LONGEST_ID).contains(&id.len()) && id.iter().all(|c| matches!(c, b' '..=b'~'))
    };
    if !headers.get(REQUEST_ID).is_some_and(fits) {
        headers.remove(REQUEST_ID);
    }
    request
}

#[derive(Debug, Clone, Copy)]
struct NewRequestId;

impl MakeRequestId for NewRequestId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let id = HeaderValue::from_str(&Uuid::now_v7().to_string()).ok()?;
        Some(RequestId::new(id))
    }
}

fn span(request: &Request) -> Span {
    let request_id = request.headers().get(REQUEST_ID);
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    tracing::info_span!(
        "request",
        method = %request.method(),
        route,
        request_id = request_id.and_then(|id| id.to_str().ok()),
        trace_id = Empty,
    )
}

/// Logs a response: by default, only what was slow, refused or failed.
fn log<B>(response: &Response<B>, took: Duration, _: &Span) {
    let status = response.status();
    let code = status.as_u16();
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    // Whoever found the cause of a 503 has logged it, once.
    let was_refused = status.is_client_error() || status == StatusCode::SERVICE_UNAVAILABLE;
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::warn!(status = code, took_us, "request failed");
    } else if was_refused {
        tracing::info!(status = code, took_us, "request refused");
    } else if took >= SLOW {
        tracing::info!(status = code, took_us, "slow request");
    } else {
        tracing::debug!(status = code, took_us, "request completed");
    }
}

fn with_default_headers<B>(mut response: Response<B>) -> axum::response::Response
where
    Response<B>: IntoResponse,
{
    for (name, value) in DEFAULT_HEADERS {
        // A page has a content policy of its own, and a file can be cached.
        let headers = response.headers_mut().entry(name);
        headers.or_insert(HeaderValue::from_static(value));
    }
    response.into_response()
}

/// Adds HSTS with a max-age of one year.
pub fn with_hsts(router: Router) -> Router {
    router.layer(map_response(
        async |mut response: axum::response::Response| {
            let year = HeaderValue::from_static("max-age=31536000");
            response
                .headers_mut()
                .insert(header::STRICT_TRANSPORT_SECURITY, year);
            response
        },
    ))
}
