//! The requests of a load, and the connections they are sent over.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::client::Client;

type Body = Box<dyn Fn(u64) -> String + Send + Sync>;

/// An endless sequence of requests.
pub(crate) struct Requests {
    path: String,
    /// Extra header lines, each ending in CRLF.
    head: String,
    /// The bodies by number; `None` for a GET.
    body: Option<Body>,
    next: AtomicU64,
}

impl Requests {
    pub(crate) fn new(
        path: &str,
        body: impl Fn(u64) -> String + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            path: path.to_owned(),
            head: String::new(),
            body: Some(Box::new(body)),
            next: AtomicU64::new(0),
        })
    }

    /// The same page again and again.
    pub(crate) fn get(path: &str) -> Arc<Self> {
        Arc::new(Self {
            path: path.to_owned(),
            head: String::new(),
            body: None,
            next: AtomicU64::new(0),
        })
    }

    /// Adds an API key; `None` if the requests are already shared.
    pub(crate) fn keyed(self: Arc<Self>, key: &str) -> Option<Arc<Self>> {
        let head = format!("authorization: Bearer {key}\r\n");
        let requests = Arc::into_inner(self)?;
        Some(Arc::new(Self { head, ..requests }))
    }

    /// The body of the next request; `None` for a GET.
    fn next(&self) -> Option<String> {
        let body = self.body.as_ref()?;
        Some(body(self.next.fetch_add(1, Ordering::Relaxed)))
    }
}

/// A client's connection, reopened after an error.
pub(crate) struct Connection {
    address: SocketAddr,
    requests: Arc<Requests>,
    client: Option<Client>,
}

impl Connection {
    fn new(address: SocketAddr, requests: &Arc<Requests>) -> Self {
        Self {
            address,
            requests: Arc::clone(requests),
            client: None,
        }
    }

    async fn connect(&mut self) {
        self.client = Client::connect(self.address).await.ok();
    }

    /// Sends the next request and returns the response's status; `None` after an error.
    pub(crate) async fn send(&mut self) -> Option<u16> {
        if self.client.is_none() {
            self.connect().await;
        }
        let body = self.requests.next();
        let Requests { path, head, .. } = &*self.requests;
        let client = self.client.as_mut()?;
        let answered = match body {
            Some(body) => client.post(path, head, &body).await,
            None => client.get(path).await,
        };
        let status = answered.ok();
        if status.is_none() {
            self.client = None;
        }
        status
    }
}

/// Opens `clients` connections, spread over `addresses`. One after another, since all at once would
/// overflow the servers' backlog.
pub(crate) async fn connect_all(
    addresses: &[SocketAddr],
    clients: usize,
    requests: &Arc<Requests>,
) -> Vec<Connection> {
    let mut connections = Vec::with_capacity(clients);
    for address in addresses.iter().cycle().take(clients) {
        let mut connection = Connection::new(*address, requests);
        connection.connect().await;
        connections.push(connection);
    }
    connections
}
