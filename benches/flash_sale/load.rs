//! Load: closed loop, where each client waits for its answer, and open loop, where requests are
//! due at a fixed rate and latency counts from the moment that one was due.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::line::{Line, Requests, connected};
use crate::outcome::Outcome;
use crate::tally::Tally;

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
    together(lines, started, |client, mut line, tally| async move {
        while Instant::now() < end {
            send(client, &mut line, &tally).await;
        }
    })
    .await
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
    together(lines, started, |client, mut line, tally| async move {
        for _ in 0..(total - client).div_ceil(clients) {
            send(client, &mut line, &tally).await;
        }
    })
    .await
}

async fn send(client: usize, line: &mut Line, tally: &Tally) {
    let sent = Instant::now();
    let status = line.send().await;
    let waited = sent.elapsed();
    tally.count(client, status, waited, waited);
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
    let due = Arc::new(AtomicU64::new(0));
    together(lines, started, |client, mut line, tally| {
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
                let status = line.send().await;
                let since_due = (started + moment).elapsed();
                tally.count(client, status, since_due, sent.elapsed());
            }
        }
    })
    .await
}

/// Waits for `moment`. The instant at which the wait is over. What is late already costs no timer,
/// which would make it later by up to a millisecond.
async fn wait_for(moment: Instant) -> Instant {
    let now = Instant::now();
    if now >= moment {
        return now;
    }
    sleep_until(moment).await;
    Instant::now()
}

/// Runs a `client` on each line, all at once, and adds up what they count.
async fn together<F: Future<Output = ()> + Send + 'static>(
    lines: Vec<Line>,
    started: Instant,
    client: impl Fn(usize, Line, Arc<Tally>) -> F,
) -> Outcome {
    let tally = Tally::new();
    let mut tasks = JoinSet::new();
    for (number, line) in lines.into_iter().enumerate() {
        tasks.spawn(client(number, line, Arc::clone(&tally)));
    }
    tasks.join_all().await;
    tally.total(started.elapsed())
}
