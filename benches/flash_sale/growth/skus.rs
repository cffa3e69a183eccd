//! How many SKUs there are.

use std::time::Duration;

use super::Found;
use super::shop::Shop;
use super::turns::{Caller, compare};
use crate::books::{self, Books};
use crate::crowd::Crowd;
use crate::site::Site;
use crate::stage::DAY;

const LITTLE: u32 = 10;
const MUCH: u32 = 100_000;

/// More than the shoppers want.
const UNITS: u64 = 10_000;

pub(super) async fn play(site: &Site) -> anyhow::Result<Found> {
    let (few, mut small) = books(site, "few-skus", LITTLE).await?;
    let (many, mut large) = books(site, "many-skus", MUCH).await?;
    let figures = compare(
        ["reserve of one SKU"],
        ("10 SKUs", &mut small),
        ("100,000 SKUs", &mut large),
    )
    .await?;
    let faults = [few.close().await?, many.close().await?];
    Ok((figures, faults.into_iter().flatten().collect()))
}

async fn books(site: &Site, name: &str, count: u32) -> anyhow::Result<(Books, Shopper)> {
    let mut books = Books::open(site, name).await?;
    let skus = Crowd::new("SKU", count, 0.0).skus;
    books::stock(&books.fairhold, &skus, UNITS, DAY).await?;
    books::settle(&mut books.connection).await?;
    let middle = &skus[skus.len() / 2];
    let shop = Shop::enter(&books.fairhold, middle).await?;
    Ok((books, Shopper { shop, next: 0 }))
}

/// Reserves for one user after the other.
struct Shopper {
    shop: Shop,
    next: u64,
}

impl Caller<1> for Shopper {
    async fn turn(&mut self) -> anyhow::Result<[Duration; 1]> {
        self.next += 1;
        Ok([self.shop.reserve(self.next).await?])
    }
}
