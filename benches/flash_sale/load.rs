//! Generates load: in a closed loop, each client waits for its response; in an open loop, requests are
//! due at a fixed rate, and latency is measured from the time a request was due.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::outcome::Outcome;
use crate::requests::{Connection, Requests, connect_all};
use crate::sharded_outcome::ShardedOutcome;

/// Each of `clients` sends its next request as soon as it has a response, for `length`.
pub(crate) async fn closed(
    addresses: &[SocketAddr],
    clients: usize,
    length: Duration,
    requests: &Arc<Requests>,
) -> Outcome {
    let connections = connect_all(addresses, clients, requests).await;
    let started = Instant::now();
    let end = started + length;
    together(
        connections,
        started,
        |client, mut connection, outcome| async move {
            while Instant::now() < end {
                send(client, &mut connection, &outcome).await;
            }
        },
    )
    .await
}

/// `clients` send `total` requests together, each as soon as the previous one has a response.
pub(crate) async fn all(
    address: SocketAddr,
    clients: usize,
    total: usize,
    requests: &Arc<Requests>,
) -> Outcome {
    let connections = connect_all(&[address], clients.min(total), requests).await;
    let started = Instant::now();
    together(
        connections,
        started,
        |client, mut connection, outcome| async move {
            for _ in 0..(total - client).div_ceil(clients) {
                send(client, &mut connection, &outcome).await;
            }
        },
    )
    .await
}

async fn send(client: usize, connection: &mut Connection, outcome: &ShardedOutcome) {
    let sent = Instant::now();
    let status = connection.send().await;
    let waited = sent.elapsed();
    outcome.count(client, status, waited, waited);
}

/// Requests are due at `rate` per second for `length`, over `clients` connections.
pub(crate) async fn open(
    addresses: &[SocketAddr],
    clients: usize,
    rate: f64,
    length: Duration,
    requests: &Arc<Requests>,
) -> Outcome {
    let connections = connect_all(addresses, clients, requests).await;
    let started = Instant::now() + Duration::from_millis(50);
    let due = Arc::new(AtomicU64::new(0));
    together(connections, started, |client, mut connection, outcome| {
        let due = Arc::clone(&due);
        async move {
            loop {
                #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
                let number = due.fetch_add(1, Ordering::Relaxed) as f64;
                let moment = Duration::from_secs_f64(number / rate);
                if moment >= length {
                    return;
                }
                let sent = wait_for(started + moment).await;
                let status = connection.send().await;
                let since_due = (started + moment).elapsed();
                outcome.count(client, status, since_due, sent.elapsed());
            }
        }
    })
    .await
}

/// Waits for `moment` and returns the current time. Late requests skip the timer, which would delay them
/// by up to a millisecond.
async fn wait_for(moment: Instant) -> Instant {
    let now = Instant::now();
    if now >= moment {
        return now;
    }
    sleep_until(moment).await;
    Instant::now()
}

/// Runs a `client` on each connection, concurrently, and adds up the outcomes.
async fn together<F: Future<Output = ()> + Send + 'static>(
    connections: Vec<Connection>,
    started: Instant,
    client: impl Fn(usize, Connection, Arc<ShardedOutcome>) -> F,
) -> Outcome {
    let outcome = ShardedOutcome::new();
    let mut tasks = JoinSet::new();
    for (number, connection) in connections.into_iter().enumerate() {
        tasks.spawn(client(number, connection, Arc::clone(&outcome)));
    }
    tasks.join_all().await;
    outcome.total(started.elapsed())
}

/// The load's label in results; the labels sort by the number of clients.
pub(crate) fn clients_label(clients: usize) -> String {
    let plural = if clients == 1 { "" } else { "s" };
    format!("{clients:3} client{plural}")
}
