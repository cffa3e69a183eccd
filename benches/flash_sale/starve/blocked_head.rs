//! A reservation that does not fit yet heads a long waitlist beside thousands of free units, while
//! other shoppers cancel their holds.

use std::time::Duration;

use fairhold_test_kit::fill_waitlist_with;
use sqlx::{Connection, PgPool};

use super::holds::hold;
use super::scene::SCENE;
use crate::demand::Demand;
use crate::deployment;
use crate::environment::{BenchDatabase, Server};
use crate::fixture::DAY;
use crate::outcome::Outcome;
use crate::outcome::millis;
use crate::results::Results;
use crate::shop_client::ShopClient;

const UNITS: u64 = 10_000;

const WAITERS: i64 = 100_000;

/// What each of them wants: not all units, so that it is servable, but more than are ever free.
const WANTED: i32 = 9_999;

const CANCELS: usize = 200;

/// The p99 of the cancellations, in milliseconds.
const MAX_P99: f64 = 25.0;

pub(crate) async fn run(results: &mut Results) -> anyhow::Result<()> {
    let site = BenchDatabase::start().await?;
    let server = Server::fairhold(&site.url(), &["--lanes", "1"]).await?;
    let skus = Demand::new("BLOCKED", 1, 0.0).skus;
    deployment::stock(&server, &skus, UNITS, DAY).await?;
    // The last two holds are never cancelled.
    let held = hold(&server, &skus[0], CANCELS + 2).await?;
    let tables = PgPool::connect(&site.url()).await?;
    fill_waitlist_with(&tables, &skus[0], WAITERS, WANTED).await;
    tables.close().await;
    let mut session = site.connect().await?;
    deployment::vacuum(&mut session).await?;
    let mut shop = ShopClient::connect(&server, &skus[0]).await?;
    let mut cancelled = Outcome::new();
    for id in &held[..CANCELS] {
        let took = shop.cancel(*id).await?;
        cancelled.count(Some(200), took, Duration::ZERO);
    }
    let p99 = millis(&cancelled.latencies, 0.99);
    let what = format!(
        "blocked-head: p99 of a cancellation {p99:.1} ms, median {:.1} ms, beside {WAITERS} waiting \
         reservations that do not fit, bar {MAX_P99} ms",
        millis(&cancelled.latencies, 0.5),
    );
    results.requirement(SCENE, what, p99 <= MAX_P99);
    results
        .failures
        .extend(deployment::audit(&mut session).await?);
    session.close().await?;
    server.end().await?;
    site.stop().await
}
