//! Latency by the number of past users and reservations of the SKU.

use std::time::Duration;

use super::alternate::{Caller, PartResult, compare};
use crate::deployment::Deployment;
use crate::environment::BenchDatabase;
use crate::history::{History, PREFIX};
use crate::shop_client::ShopClient;
use crate::table::grouped;

const FEW: u64 = 1_000;

/// More than the benchmark reserves.
const UNITS: u64 = 10_000;

const CALLS: [&str; 2] = [
    "reserve for a new user",
    "reserve for a user with a history",
];

pub(super) async fn run(site: &BenchDatabase, much: u64) -> anyhow::Result<PartResult> {
    let (few, mut small) = books(site, "few-users", FEW).await?;
    let (many, mut large) = books(site, "many-users", much).await?;
    let name = |users: u64| format!("{} users with a history", grouped(users));
    let latencies = compare(CALLS, (&name(FEW), &mut small), (&name(much), &mut large)).await?;
    let failures = [few.close().await?, many.close().await?];
    Ok((latencies, failures.into_iter().flatten().collect()))
}

/// A deployment with `users` users, each of whom had one hold.
async fn books(
    site: &BenchDatabase,
    name: &str,
    users: u64,
) -> anyhow::Result<(Deployment, Shopper)> {
    let mut books = Deployment::open(site, name).await?;
    let history = History {
        reservations: users,
        reservations_per_user: 1,
    };
    history.write(&mut books, UNITS).await?;
    let shopper = Shopper {
        shop: ShopClient::connect(&books.fairhold, &format!("{PREFIX}-1")).await?,
        next: 0,
    };
    Ok((books, shopper))
}

/// Reserves for one user after another. Those with an even number have a history.
struct Shopper {
    shop: ShopClient,
    next: u64,
}

impl Caller<{ CALLS.len() }> for Shopper {
    async fn turn(&mut self) -> anyhow::Result<[Duration; CALLS.len()]> {
        let newcomer = self.shop.reserve(self.next + 1).await?;
        let known = self.shop.reserve(self.next).await?;
        self.next += 2;
        Ok([newcomer, known])
    }
}
