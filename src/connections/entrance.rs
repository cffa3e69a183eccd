//! Lets clients in, whatever goes wrong with some of them.

use std::io::{self, ErrorKind};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// How long to wait when nobody can be let in, as when the process has no file descriptor left.
const PAUSE: Duration = Duration::from_millis(100);

/// A listener that never fails.
#[derive(Debug)]
pub(super) struct Entrance {
    listener: TcpListener,
    /// Whether it was logged that nobody can be let in.
    barred: bool,
}

impl Entrance {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self {
            listener,
            barred: false,
        }
    }

    /// The next client.
    pub(super) async fn next(&mut self) -> TcpStream {
        loop {
            match self.listener.accept().await {
                Ok((client, _)) => return self.welcome(client),
                Err(error) if is_the_clients(&error) => {}
                Err(error) => {
                    if !self.barred {
                        tracing::error!(%error, "clients can't be let in at the moment");
                        self.barred = true;
                    }
                    sleep(PAUSE).await;
                }
            }
        }
    }

    fn welcome(&mut self, client: TcpStream) -> TcpStream {
        if self.barred {
            tracing::info!("clients are let in again");
            self.barred = false;
        }
        // An answer is one write: to hold it back for more to come would only delay it. A
        // connection that does not take the option is as good as lost, and found so soon.
        client.set_nodelay(true).ok();
        client
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
