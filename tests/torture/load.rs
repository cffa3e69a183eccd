//! The clients of a round, and the SKUs that they want.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fairhold_test_kit::history::{Ask, Breach, History, Micros, Record, check};
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use reqwest::Client;
use serde_json::json;

use crate::client::{Customer, reply};
use crate::round::FAULTS;
use crate::site::Street;

const CUSTOMERS: u64 = 16;
const SKUS: usize = 24;
const USERS: usize = 30;

/// So that every history can be searched to its end, and read in one list.
const MOST_CALLS: usize = 90;

/// Each spell, from the end of a fault to the end of the next, has its share of them. When that is
/// spent, one call in so many still comes through, so that no fault meets an empty shop.
const SPELLS: usize = FAULTS + 1;
const TRICKLE: f64 = 0.01;

/// How long the customers crowd around the same SKUs, and how many these are.
const FASHION_MS: u128 = 150;
const IN_FASHION: usize = 3;

/// One call in so many is hung up on.
const HASTE: f64 = 0.04;

pub(crate) struct Load {
    records: Vec<Record>,
    began: Instant,
    spell: AtomicUsize,
}

impl Load {
    /// Sets new SKUs up.
    pub(crate) async fn open(client: &Client, street: &Street, round: usize) -> Self {
        let began = Instant::now();
        let mut records = Vec::new();
        for n in 0..SKUS {
            let sku = format!("R{round}-{n}");
            let units = i64::try_from(2 + n % 4).unwrap_or_default();
            let limit = [None, None, Some(3)][n % 3];
            let body = json!({"sku": sku, "quantity": units, "waitlist_limit": limit});
            let site = street.address(n % 3);
            let request = client.post(format!("{site}/inventory/init")).json(&body);
            let made = reply(request).await.map(|reply| reply.status);
            assert_eq!(made, Some(201), "{sku} can't be set up");
            records.push(Record::new(History::new(&sku, units, limit)));
        }
        Self {
            records,
            began,
            spell: AtomicUsize::new(1),
        }
    }

    /// A fault is over.
    pub(crate) fn begin_spell(&self) {
        self.spell.fetch_add(1, Ordering::Relaxed);
    }

    /// Has all customers ask for this and that until `stop`.
    pub(crate) async fn run(&self, client: &Client, street: &Street, seed: u64, stop: &AtomicBool) {
        let customers = (0..CUSTOMERS).map(async |n| {
            let seed = seed.wrapping_add(n);
            let customer = Customer::new(client, street, seed, HASTE);
            let mut random = StdRng::seed_from_u64(seed);
            while !stop.load(Ordering::Relaxed) {
                if let Some(record) = self.choose(&mut random) {
                    let wish = record.wish(&mut random, USERS);
                    while !record.ask(&customer, &wish).await && random.random_bool(0.6) {}
                }
                tokio::time::sleep(Duration::from_millis(random.random_range(0..16))).await;
            }
        });
        join_all(customers).await;
    }

    /// A SKU that is in fashion, unless it was asked for enough.
    fn choose(&self, random: &mut StdRng) -> Option<&Record> {
        let fashion = (self.began.elapsed().as_millis() / FASHION_MS) as usize;
        let n = fashion * IN_FASHION + random.random_range(0..IN_FASHION);
        let record = &self.records[n % SKUS];
        let calls = record.calls();
        let share = MOST_CALLS * self.spell.load(Ordering::Relaxed) / SPELLS;
        let comes = calls < share || calls < MOST_CALLS && random.random_bool(TRICKLE);
        comes.then_some(record)
    }

    /// Reads everything back, by calls that belong to the history.
    pub(crate) async fn read_back(&self, client: &Client, street: &Street) {
        let patient = Customer::new(client, street, 0, 0.0);
        for record in &self.records {
            for last in [Ask::Stock, Ask::List] {
                while !record.ask(&patient, &last).await {}
            }
        }
    }

    /// How many calls there were, how many without a known outcome, and what is wrong, with what
    /// was broken and how soon stock must be offered on otherwise.
    pub(crate) fn judge(
        &self,
        outages: &[(Micros, Micros)],
        offered_within: Duration,
    ) -> (usize, usize, Vec<Breach>) {
        let offered_within = Micros::try_from(offered_within.as_micros()).unwrap_or(Micros::MAX);
        let (mut calls, mut unknown, mut breaches) = (0, 0, Vec::new());
        for record in &self.records {
            let mut history = record.history();
            history.outages = outages.to_vec();
            history.offered_within = offered_within;
            calls += history.calls.len();
            unknown += history.unknown();
            breaches.extend(check(&history).err());
        }
        (calls, unknown, breaches)
    }
}
