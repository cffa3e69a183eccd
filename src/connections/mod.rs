//! Connections of clients: accepted, served, drained. No client can hold one for ever.

mod busy;
mod descriptors;
mod entrance;
mod patient;
mod timer;
mod tls;

use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

pub use self::descriptors::{raise_limit, room};
pub use self::entrance::Peer;
pub use self::tls::{Identity, Tls, TlsError};

use self::busy::Busy;
use self::entrance::{Entrance, Guest};
use self::patient::Patient;

/// The most that one connection may buffer, and so the most that the head of a request may have.
const BUFFER_LIMIT: usize = 64 * 1024;

/// What clients may take, and how they are spoken to.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How many may be connected at once.
    pub room: usize,
    /// By TLS, or in the open.
    pub tls: Option<Tls>,
}

/// Serves `router` to whoever connects, until `stop` is cancelled; then lets nobody in, ends idle
/// connections, and returns when each request in flight is answered.
///
/// Once `limits.room` clients are in, others wait at the door.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let mut entrance = Entrance::new(listener, limits.room);
    while let Some(Some(guest)) = stop.run_until_cancelled(entrance.next()).await {
        let Guest { stream, peer, room } = guest;
        // Each has a token of its own, since all would take turns at the lock of a shared one.
        let shown = limits.tls.as_ref().map(Tls::shown);
        let stop = stop.child_token();
        let conversation = receive(stream, peer, shown, router.clone(), stop);
        connections.spawn(async move {
            conversation.await;
            drop(room);
        });
    }
    drop(entrance);
    connections.close();
    connections.wait().await;
}

/// Answers the requests of one client, by TLS where there is an identity to be shown.
async fn receive(
    client: TcpStream,
    peer: Peer,
    shown: Option<Arc<ServerConfig>>,
    router: Router,
    stop: CancellationToken,
) {
    match shown {
        None => converse(client, peer, router, stop).await,
        // Apart, so that who speaks in the open takes no room for it.
        Some(shown) => Box::pin(converse_by_tls(client, peer, shown, router, stop)).await,
    }
}

async fn converse_by_tls(
    client: TcpStream,
    peer: Peer,
    shown: Arc<ServerConfig>,
    router: Router,
    stop: CancellationToken,
) {
    let busy = Busy::default();
    // Our patience is with what comes over the wire, whatever it turns out to mean.
    let client = Patient::new(client, busy.clone(), stop.clone());
    let shaken = stop.run_until_cancelled(tls::shake_hands(client, shown));
    if let Some(Some(client)) = shaken.await {
        speak(client, peer, busy, router, stop).await;
    }
}

/// Answers the requests of one client.
async fn converse<S>(client: S, peer: Peer, router: Router, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let busy = Busy::default();
    let client = Patient::new(client, busy.clone(), stop.clone());
    speak(client, peer, busy, router, stop).await;
}

/// Speaks HTTP with a client.
async fn speak<S>(client: S, peer: Peer, busy: Busy, router: Router, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let client = TokioIo::new(client);
    let answer = service_fn(move |mut request: Request<Incoming>| {
        let work = busy.begin();
        request.extensions_mut().insert(peer);
        let answered = router.clone().call(request.map(Body::new));
        async move {
            let answer = answered.await;
            drop(work);
            answer
        }
    });
    // A client that only stops sending looks like one that has gone, whose command is to be given
    // up: neither is answered, as is hyper's default.
    let mut server = http1::Builder::new();
    server.max_buf_size(BUFFER_LIMIT);
    let mut conversation = pin!(server.serve_connection(client, answer));
    let ended = tokio::select! {
        ended = conversation.as_mut() => ended,
        () = stop.cancelled() => {
            conversation.as_mut().graceful_shutdown();
            conversation.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a client's connection ended early");
    }
}

#[cfg(test)]
mod tests;
