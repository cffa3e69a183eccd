//! How many users and reservations there ever were, on the SKU too.

use std::time::Duration;

use super::Found;
use super::shop::Shop;
use super::turns::{Caller, compare};
use crate::books::Books;
use crate::past::{PREFIX, Past};
use crate::site::Site;
use crate::table::grouped;

const LITTLE: u64 = 1_000;

/// More than the shoppers want.
const UNITS: u64 = 10_000;

const CALLS: [&str; 2] = ["reserve for a newcomer", "reserve for a user with a past"];

pub(super) async fn play(site: &Site, much: u64) -> anyhow::Result<Found> {
    let (few, mut small) = books(site, "few-users", LITTLE).await?;
    let (many, mut large) = books(site, "many-users", much).await?;
    let name = |users: u64| format!("{} users with a past", grouped(users));
    let figures = compare(
        CALLS,
        (&name(LITTLE), &mut small),
        (&name(much), &mut large),
    )
    .await?;
    let faults = [few.close().await?, many.close().await?];
    Ok((figures, faults.into_iter().flatten().collect()))
}

/// Books with as many users, each of whom had one hold.
async fn books(site: &Site, name: &str, users: u64) -> anyhow::Result<(Books, Shopper)> {
    let mut books = Books::open(site, name).await?;
    let past = Past {
        reservations: users,
        of_each_user: 1,
    };
    past.write(&mut books, UNITS).await?;
    let shopper = Shopper {
        shop: Shop::enter(&books.fairhold, &format!("{PREFIX}-1")).await?,
        next: 0,
    };
    Ok((books, shopper))
}

/// Reserves for one user after the other: those of an even number have a past.
struct Shopper {
    shop: Shop,
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
