//! Clients that do this and that, and write down what they asked and what they were told.

use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use rand::Rng;
use rand::rngs::StdRng;

use super::model::{Answer, Ask, History, Id, Micros};
use super::reply::Reply;

/// Whoever answers. `None` when no whole answer came.
pub trait Counter {
    /// What the clock says by which the answers tell their instants.
    fn clock(&self) -> Micros;

    fn ask(&self, sku: &str, ask: &Ask) -> impl Future<Output = Option<Reply>>;
}

/// The history of one SKU, while it is made.
#[derive(Debug)]
pub struct Record {
    history: Mutex<History>,
    sku: String,
    latest: AtomicI64,
}

impl Record {
    pub fn new(history: History) -> Self {
        Self {
            sku: history.sku.clone(),
            history: Mutex::new(history),
            latest: AtomicI64::new(Micros::MIN),
        }
    }

    /// The clock's instant, or one that is just later where another call was given that already:
    /// no two beginnings or ends are at once.
    fn instant(&self, counter: &impl Counter) -> Micros {
        let now = counter.clock();
        let later = |latest: Micros| Some(now.max(latest + 1));
        let order = Ordering::SeqCst;
        let latest = self.latest.fetch_update(order, order, later);
        latest.map_or(now, |latest| now.max(latest + 1))
    }

    /// What was written down so far.
    pub fn history(&self) -> History {
        self.with(|history| history.clone())
    }

    fn with<T>(&self, work: impl FnOnce(&mut History) -> T) -> T {
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut history)
    }

    pub fn calls(&self) -> usize {
        self.with(|history| history.calls.len())
    }

    /// Asks, and writes it down. Returns whether the server had its say.
    pub async fn ask(&self, counter: &impl Counter, ask: &Ask) -> bool {
        let begun = self.instant(counter);
        let reply = counter.ask(&self.sku, ask).await;
        let times = (begun, self.instant(counter));
        self.with(|history| history.record(times, ask.clone(), reply.as_ref()));
        let code = reply.as_ref().and_then(|reply| reply.body["code"].as_str());
        reply.is_some() && !matches!(code, Some("database-unavailable" | "overloaded"))
    }

    /// Something that one of `users` may want, with the same random numbers the same.
    pub fn wish(&self, random: &mut StdRng, users: usize) -> Ask {
        let id = self.some_id(random);
        match (random.random_range(0..20), id) {
            (0, _) => Ask::Restock {
                units: [-1, 1, 2][random.random_range(0..3)],
                key: some_key(random, "restock"),
            },
            (1, _) => Ask::Stock,
            (2, Some(id)) => Ask::Status(id),
            (3..=6, Some(id)) => Ask::Confirm(id),
            (7..=11, Some(id)) => Ask::Cancel(id),
            _ => {
                let user = format!("user-{}", random.random_range(0..users));
                let units = [1, 1, 1, 2, 2][random.random_range(0..5)];
                let key = some_key(random, &format!("{user} {units}"));
                Ask::Reserve { user, units, key }
            }
        }
    }

    /// One of the latest reservations that an answer told of.
    fn some_id(&self, random: &mut StdRng) -> Option<Id> {
        let back = random.random_range(0..6);
        self.with(|history| {
            let told = history
                .calls
                .iter()
                .rev()
                .filter_map(|call| match &call.answer {
                    Answer::Reserved { id, .. } => Some(id),
                    _ => None,
                });
            told.take(back + 1).last().cloned()
        })
    }
}

/// Most send a key of their own; some a key that was sent before, or none.
fn some_key(random: &mut StdRng, body: &str) -> Option<String> {
    match random.random_range(0..10) {
        0 => Some(format!("again {}", random.random_range(0..2))),
        1..=3 => Some(format!("again {body}")),
        4..=7 => Some(format!("once {body} {:08x}", random.random::<u32>())),
        _ => None,
    }
}
