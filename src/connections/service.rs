//! One request of a connection: handed to the routes, or refused as invalid HTTP.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use hyper::Request;
use hyper::body::Incoming;
use tower::Service;

use super::acceptor::Peer;
use super::in_flight::InFlight;
use super::request_body::RequestBody;

/// The longest method that reaches the routes and the logs. All that are registered are shorter.
const MAX_METHOD: usize = 32;

/// Handles the requests of one connection, of which there is one at a time.
pub(super) struct RequestHandler {
    pub(super) peer: Peer,
    pub(super) router: Router,
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
        let refusal = refusal(&request);
        let (head, incoming) = request.into_parts();
        let (body, rest) = RequestBody::new(incoming);
        let mut request = Request::from_parts(head, Body::new(body));
        request.extensions_mut().insert(self.peer);
        let mut router = self.router.clone();
        async move {
            let mut response = match refusal {
                Some(status) => status.into_response(),
                None => router.call(request).await?,
            };
            if refusal.is_some() || !rest.is_received(expects_continue).await {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(header::CONNECTION, close);
            }
            drop(guard);
            Ok(response)
        }
    }
}

/// The status for a message that is not valid HTTP, as RFC 9112 has it.
fn refusal(request: &Request<Incoming>) -> Option<StatusCode> {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    if request.method().as_str().len() > MAX_METHOD {
        Some(StatusCode::NOT_IMPLEMENTED)
    } else if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        Some(StatusCode::BAD_REQUEST)
    } else {
        None
    }
}
