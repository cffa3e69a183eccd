//! One request of a connection: handed to the routes.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use tower::Service;

use super::acceptor::Peer;
use super::in_flight::InFlight;
use super::request_body::RequestBody;
use crate::database::with_patience;

/// Handles the requests of one connection, of which there is one at a time.
pub(super) struct RequestHandler {
    pub(super) peer: Peer,
    pub(super) router: Router,
    pub(super) request_timeout: Duration,
    pub(super) in_flight: InFlight,
}

impl RequestHandler {
    /// The response says `Connection: close` if the server closes after it.
    pub(super) fn respond(
        &self,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response, Infallible>> + use<> {
        let guard = self.in_flight.begin();
        let expects_continue = request.headers().contains_key(header::EXPECT);
        let (head, incoming) = request.into_parts();
        let (body, rest) = RequestBody::new(incoming);
        let mut request = Request::from_parts(head, Body::new(body));
        request.extensions_mut().insert(self.peer);
        let mut router = self.router.clone();
        let timeout = self.request_timeout;
        async move {
            let mut response = with_patience(timeout, router.call(request)).await?;
            if !rest.is_received(expects_continue).await {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(header::CONNECTION, close);
            }
            drop(guard);
            Ok(response)
        }
    }
}
