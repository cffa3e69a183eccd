//! What a load sends, and the connections that it is sent over.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::client::Client;

/// Requests without end, each different.
pub(crate) struct Requests {
    path: &'static str,
    /// Lines of the head, each with its end.
    head: String,
    body: Box<dyn Fn(u64) -> String + Send + Sync>,
    next: AtomicU64,
}

impl Requests {
    pub(crate) fn new(
        path: &'static str,
        body: impl Fn(u64) -> String + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            path,
            head: String::new(),
            body: Box::new(body),
            next: AtomicU64::new(0),
        })
    }

    /// The same, with an API key. They must not be shared yet.
    pub(crate) fn keyed(self: Arc<Self>, key: &str) -> Option<Arc<Self>> {
        let head = format!("authorization: Bearer {key}\r\n");
        let requests = Arc::into_inner(self)?;
        Some(Arc::new(Self { head, ..requests }))
    }

    fn next(&self) -> String {
        (self.body)(self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// One client's connection, made anew when it broke.
pub(crate) struct Line {
    address: SocketAddr,
    requests: Arc<Requests>,
    client: Option<Client>,
}

impl Line {
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

    /// Sends the next request. The status of its answer, or `None` when none came.
    pub(crate) async fn send(&mut self) -> Option<u16> {
        if self.client.is_none() {
            self.connect().await;
        }
        let body = self.requests.next();
        let Requests { path, head, .. } = &*self.requests;
        let answered = self.client.as_mut()?.post(path, head, &body).await;
        let status = answered.ok();
        if status.is_none() {
            self.client = None;
        }
        status
    }
}

/// That many lines, shared out among `addresses` and connected one after the other: all at once
/// would overrun the servers' backlog.
pub(crate) async fn connected(
    addresses: &[SocketAddr],
    clients: usize,
    requests: &Arc<Requests>,
) -> Vec<Line> {
    let mut lines = Vec::with_capacity(clients);
    for address in addresses.iter().cycle().take(clients) {
        let mut line = Line::new(*address, requests);
        line.connect().await;
        lines.push(line);
    }
    lines
}
