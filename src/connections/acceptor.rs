//! Lets clients in, whatever goes wrong with some of them.

use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustix::net::sockopt::set_socket_send_buffer_size;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

/// How long to wait when nobody can be let in, as when the process has no file descriptor left.
const PAUSE: Duration = Duration::from_millis(100);

/// How much the system may keep of what a client does not take, which it doubles for its own needs.
/// By itself it would keep megabytes, and it would take long until one who reads nothing of a stream
/// is found out.
const SEND_BUFFER: usize = 64 * 1024;

/// The other end of the connection that a request came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// A listener that never fails, and lets in no more clients than there is room for.
#[derive(Debug)]
pub(super) struct Entrance {
    listener: TcpListener,
    room: Arc<Semaphore>,
    /// Whether it was logged that nobody can be let in.
    barred: bool,
}

/// A client, and the room that it takes until it is dropped.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) stream: TcpStream,
    pub(super) peer: Peer,
    pub(super) room: OwnedSemaphorePermit,
}

impl Entrance {
    pub(super) fn new(listener: TcpListener, room: usize) -> Self {
        Self {
            listener,
            room: Arc::new(Semaphore::new(room.min(Semaphore::MAX_PERMITS))),
            barred: false,
        }
    }

    /// The next client. `None` can't be: the room is never closed.
    pub(super) async fn next(&mut self) -> Option<Guest> {
        let room = match Arc::clone(&self.room).try_acquire_owned() {
            Ok(room) => room,
            Err(_full) => {
                self.bar(&"as many as there is room for are in");
                Arc::clone(&self.room).acquire_owned().await.ok()?
            }
        };
        let (stream, peer) = self.accept().await;
        if self.barred && self.room.available_permits() > 0 {
            tracing::info!("clients are let in again");
            self.barred = false;
        }
        // An answer is one write: to hold it back for more to come would only delay it. A
        // connection that does not take the option is as good as lost, and found so soon.
        stream.set_nodelay(true).ok();
        set_socket_send_buffer_size(&stream, SEND_BUFFER).ok();
        Some(Guest { stream, peer, room })
    }

    async fn accept(&mut self) -> (TcpStream, Peer) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => return (stream, Peer(address)),
                Err(error) if is_the_clients(&error) => {}
                Err(error) => {
                    self.bar(&error);
                    sleep(PAUSE).await;
                }
            }
        }
    }

    /// Logs once that clients must wait.
    fn bar(&mut self, why: &dyn Display) {
        if !self.barred {
            tracing::error!(%why, "clients can't be let in at the moment");
            self.barred = true;
        }
    }
}

/// Whether only the one client is lost.
fn is_the_clients(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::Interrupted
    )
}
