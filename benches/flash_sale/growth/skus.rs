//! Latency by the number of SKUs.

use std::time::Duration;

use super::alternate::{Caller, PartResult, compare};
use crate::demand::Demand;
use crate::deployment::{self, Deployment};
use crate::environment::BenchDatabase;
use crate::fixture::DAY;
use crate::shop_client::ShopClient;

const FEW: u32 = 10;
const MANY: u32 = 100_000;

/// More than the benchmark reserves.
const UNITS: u64 = 10_000;

pub(super) async fn run(site: &BenchDatabase) -> anyhow::Result<PartResult> {
    let (few, mut small) = books(site, "few-skus", FEW).await?;
    let (many, mut large) = books(site, "many-skus", MANY).await?;
    let latencies = compare(
        ["reserve of one SKU"],
        ("10 SKUs", &mut small),
        ("100,000 SKUs", &mut large),
    )
    .await?;
    let failures = [few.close().await?, many.close().await?];
    Ok((latencies, failures.into_iter().flatten().collect()))
}

async fn books(
    site: &BenchDatabase,
    name: &str,
    count: u32,
) -> anyhow::Result<(Deployment, Shopper)> {
    let mut books = Deployment::open(site, name).await?;
    let skus = Demand::new("SKU", count, 0.0).skus;
    deployment::stock(&books.fairhold, &skus, UNITS, DAY).await?;
    deployment::vacuum(&mut books.connection).await?;
    let middle = &skus[skus.len() / 2];
    let shop = ShopClient::connect(&books.fairhold, middle).await?;
    Ok((books, Shopper { shop, next: 0 }))
}

/// Reserves for one user after another.
struct Shopper {
    shop: ShopClient,
    next: u64,
}

impl Caller<1> for Shopper {
    async fn turn(&mut self) -> anyhow::Result<[Duration; 1]> {
        self.next += 1;
        Ok([self.shop.reserve(self.next).await?])
    }
}
