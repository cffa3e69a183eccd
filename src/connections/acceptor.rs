//! Accepts connections, and keeps accepting whatever fails.

use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustix::net::sockopt::set_socket_send_buffer_size;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

/// How long to wait after a failure to accept, as when the process has no file descriptor left.
const RETRY_DELAY: Duration = Duration::from_millis(100);

/// How much the kernel may buffer for a client that does not read; it doubles the value for its own
/// needs. By default it buffers megabytes, which hides for long that a stream is not read.
const SEND_BUFFER: usize = 64 * 1024;

/// The address of the other end of a request's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

#[derive(Debug)]
pub(super) struct Acceptor {
    listener: TcpListener,
    permits: Arc<Semaphore>,
    /// Whether it was logged that no connection is accepted.
    is_stalled: bool,
}

#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) stream: TcpStream,
    pub(super) peer: Peer,
    /// Dropped with the connection.
    pub(super) permit: OwnedSemaphorePermit,
}

impl Acceptor {
    pub(super) fn new(listener: TcpListener, max_connections: usize) -> Self {
        let permits = max_connections.min(Semaphore::MAX_PERMITS);
        Self {
            listener,
            permits: Arc::new(Semaphore::new(permits)),
            is_stalled: false,
        }
    }

    /// The next connection, once there are fewer than the maximum.
    pub(super) async fn next(&mut self) -> Accepted {
        let permit = self.permit().await;
        let (stream, peer) = self.accept().await;
        if self.is_stalled && self.permits.available_permits() > 0 {
            tracing::info!("accepting connections again");
            self.is_stalled = false;
        }
        // A response is one write, which must not be held back for more. Failures are ignored: a
        // connection that rejects an option is broken, and soon found to be.
        stream.set_nodelay(true).ok();
        set_socket_send_buffer_size(&stream, SEND_BUFFER).ok();
        Accepted {
            stream,
            peer,
            permit,
        }
    }

    async fn permit(&mut self) -> OwnedSemaphorePermit {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return permit;
        }
        self.log_stall(&"the maximum number of connections is open");
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        permit.unwrap_or_else(|_| unreachable!("the semaphore is never closed"))
    }

    async fn accept(&mut self) -> (TcpStream, Peer) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => return (stream, Peer(address)),
                Err(error) if concerns_one_client(&error) => {}
                Err(error) => {
                    self.log_stall(&error);
                    sleep(RETRY_DELAY).await;
                }
            }
        }
    }

    /// Logs once that clients have to wait.
    fn log_stall(&mut self, reason: &dyn Display) {
        if !self.is_stalled {
            tracing::error!(%reason, "cannot accept connections");
            self.is_stalled = true;
        }
    }
}

/// Whether only the one client is lost.
fn concerns_one_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::Interrupted
    )
}
