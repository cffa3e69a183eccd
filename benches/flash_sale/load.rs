//! Load: closed loop, where each client waits for its answer, and open loop, where requests are
//! due at a fixed rate and latency counts from the moment that one was due.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::client::Client;
use crate::outcome::Outcome;

/// Requests without end, each different.
pub(crate) struct Requests {
    path: &'static str,
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
            body: Box::new(body),
            next: AtomicU64::new(0),
        })
    }

    fn next(&self) -> String {
        (self.body)(self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// `clients` that each send the next request as soon as they have their answer, for `length`.
pub(crate) async fn closed(
    addresses: &[SocketAddr],
    clients: usize,
    length: Duration,
    requests: &Arc<Requests>,
) -> Outcome {
    let lines = connected(addresses, clients, requests).await;
    let started = Instant::now();
    let end = started + length;
    let mut tasks = JoinSet::new();
    for mut line in lines {
        tasks.spawn(async move {
            let mut outcome = Outcome::new();
            while Instant::now() < end {
                let sent = Instant::now();
                let status = line.send().await;
                outcome.count(status, sent.elapsed());
            }
            outcome
        });
    }
    gather(tasks, started).await
}

/// `total` requests, sent by `clients` as fast as they are answered.
pub(crate) async fn all(
    address: SocketAddr,
    clients: usize,
    total: usize,
    requests: &Arc<Requests>,
) -> Outcome {
    let lines = connected(&[address], clients.min(total), requests).await;
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for (client, mut line) in lines.into_iter().enumerate() {
        let share = (total - client).div_ceil(clients);
        tasks.spawn(async move {
            let mut outcome = Outcome::new();
            for _ in 0..share {
                let sent = Instant::now();
                let status = line.send().await;
                outcome.count(status, sent.elapsed());
            }
            outcome
        });
    }
    gather(tasks, started).await
}

/// Requests that are due at `rate` a second for `length`, sent over `clients` connections.
pub(crate) async fn open(
    addresses: &[SocketAddr],
    clients: usize,
    rate: f64,
    length: Duration,
    requests: &Arc<Requests>,
) -> Outcome {
    let lines = connected(addresses, clients, requests).await;
    let started = Instant::now() + Duration::from_millis(50);
    let end = started + length;
    let due = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for mut line in lines {
        let due = Arc::clone(&due);
        tasks.spawn(async move {
            let mut outcome = Outcome::new();
            loop {
                #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
                let number = due.fetch_add(1, Ordering::Relaxed) as f64;
                let moment = started + Duration::from_secs_f64(number / rate);
                if moment >= end {
                    return outcome;
                }
                sleep_until(moment).await;
                let status = line.send().await;
                outcome.count(status, moment.elapsed());
            }
        });
    }
    gather(tasks, started).await
}

/// One client's connection, made anew when it broke.
struct Line {
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
    async fn send(&mut self) -> Option<u16> {
        if self.client.is_none() {
            self.connect().await;
        }
        let body = self.requests.next();
        let answered = self.client.as_mut()?.post(self.requests.path, &body).await;
        let status = answered.ok();
        if status.is_none() {
            self.client = None;
        }
        status
    }
}

/// That many lines, shared out among `addresses` and connected one after the other: all at once
/// would overrun the servers' backlog.
async fn connected(
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

async fn gather(mut tasks: JoinSet<Outcome>, started: Instant) -> Outcome {
    let mut total = Outcome::new();
    while let Some(outcome) = tasks.join_next().await {
        total.add(&outcome.expect("a client's task does not panic"));
    }
    total.took = started.elapsed();
    total
}
