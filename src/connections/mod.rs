//! Client connections: accepted, served and drained, each with timeouts.

mod acceptor;
mod descriptors;
mod in_flight;
mod request_body;
mod request_memory;
mod service;
mod timeout_stream;
mod timer;
mod tls;

use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::acceptor::Peer;
pub use self::descriptors::{max_connections, raise_limit};
pub use self::tls::{Identity, Tls, TlsError};

use self::acceptor::{Accepted, Acceptor};
use self::in_flight::InFlight;
use self::request_memory::{BUFFER_LIMIT, RequestMemory};
use self::service::RequestHandler;
use self::timeout_stream::TimeoutStream;
use crate::memory_budget::MemoryBudget;

/// How clients are served.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How many may be connected at once.
    pub max_connections: usize,
    /// The memory of all clients.
    pub budget: MemoryBudget,
    /// The TLS certificate; `None` serves plain HTTP.
    pub tls: Option<Tls>,
}

struct Connection {
    handler: RequestHandler,
    budget: MemoryBudget,
    stop: CancellationToken,
}

/// Serves `router` until `stop` is cancelled; then accepts no more, closes idle connections, and
/// returns when every request in flight has its response.
///
/// While `limits.max_connections` clients are connected, others wait in the listener's backlog.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let mut acceptor = Acceptor::new(listener, limits.max_connections);
    while let Some(accepted) = stop.run_until_cancelled(acceptor.next()).await {
        let Accepted {
            stream,
            peer,
            permit,
        } = accepted;
        let handler = RequestHandler {
            peer,
            router: router.clone(),
            in_flight: InFlight::default(),
        };
        let connection = Connection {
            handler,
            budget: limits.budget.clone(),
            // A token each, since all would contend for the lock of a shared one.
            stop: stop.child_token(),
        };
        let config = limits.tls.as_ref().map(Tls::config);
        connections.spawn(async move {
            match config {
                None => serve_plain(stream, connection).await,
                // Boxed, so that plain connections do not pay for its size.
                Some(config) => Box::pin(serve_tls(stream, connection, config)).await,
            }
            drop(permit);
        });
    }
    drop(acceptor);
    connections.close();
    connections.wait().await;
}

async fn serve_plain<S>(stream: S, connection: Connection)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let stream = connection.limit_time(stream);
    serve_http(stream, connection).await;
}

async fn serve_tls(stream: TcpStream, connection: Connection, config: Arc<ServerConfig>) {
    // The timeouts apply to encrypted bytes: handshake and alerts count as well.
    let stream = connection.limit_time(stream);
    let accepting = tls::accept(stream, config);
    if let Some(Some(stream)) = connection.stop.run_until_cancelled(accepting).await {
        serve_http(stream, connection).await;
    }
}

async fn serve_http<S>(stream: S, connection: Connection)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Connection { handler, stop, .. } = connection;
    let service = service_fn(move |request| handler.respond(request));
    // Half-closed connections are closed, as is hyper's default: a client that stopped sending
    // cannot be told from one that has gone, whose command must be abandoned.
    let mut server = http1::Builder::new();
    server.max_buf_size(BUFFER_LIMIT);
    let mut serving = pin!(server.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a client connection ended early");
    }
}

impl Connection {
    fn limit_time<S>(&self, stream: S) -> TimeoutStream<S> {
        let memory = RequestMemory::new(self.budget.clone());
        TimeoutStream::new(
            stream,
            self.handler.in_flight.clone(),
            memory,
            self.stop.clone(),
        )
    }
}

#[cfg(test)]
mod tests;
