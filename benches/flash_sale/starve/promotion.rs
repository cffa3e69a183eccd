//! A delivery serves a long waitlist, while shoppers reserve another SKU of the same lane, and confirm
//! it or leave it to expire.

use std::time::{Duration, Instant};

use anyhow::ensure;
use fairhold_test_kit::fill_waitlist;
use sqlx::{Connection, PgConnection, PgPool};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::scene::SCENE;
use crate::demand::Demand;
use crate::deployment;
use crate::environment::{BenchDatabase, Server};
use crate::fixture::DAY;
use crate::outcome::{Outcome, millis};
use crate::resource_usage::resident_megabytes;
use crate::results::Results;
use crate::shop_client::ShopClient;

const WAITERS: i64 = 300_000;

const SHOPPERS: u64 = 8;

/// How long the shoppers' holds last, in seconds.
const TTL: u32 = 5;

/// After which some of the shoppers' holds expire all the time.
const WARM_UP: Duration = Duration::from_secs(7);

/// Everybody is served within this time.
const LIMIT: Duration = Duration::from_mins(2);

/// The p99 of the shoppers' confirmations, in milliseconds.
const MAX_CONFIRM: f64 = 100.0;

/// The latency of the restock, in milliseconds.
const MAX_RESTOCK: f64 = 200.0;

/// How much the server's memory may grow, in megabytes.
const MAX_GROWTH: f64 = 64.0;

/// How long a hold that is due may be held, in seconds.
const MAX_OVERDUE: f64 = 1.0;

/// What was seen while the waitlist was served.
#[derive(Debug, Default)]
struct Observed {
    took: Duration,
    overdue: f64,
    memory: f64,
}

pub(crate) async fn run(results: &mut Results) -> anyhow::Result<()> {
    let site = BenchDatabase::start().await?;
    let server = Server::fairhold(&site.url(), &["--lanes", "1"]).await?;
    let long = Demand::new("PROMOTION", 1, 0.0).skus;
    deployment::stock(&server, &long, 0, DAY).await?;
    let other = Demand::new("OTHER", 1, 0.0).skus;
    deployment::stock(&server, &other, 1_000_000, TTL).await?;
    let tables = PgPool::connect(&site.url()).await?;
    fill_waitlist(&tables, &long[0], WAITERS).await;
    tables.close().await;
    let mut session = site.connect().await?;
    deployment::vacuum(&mut session).await?;
    let (end, mut shoppers) = (CancellationToken::new(), JoinSet::new());
    for number in 0..SHOPPERS {
        let shop = ShopClient::connect(&server, &other[0]).await?;
        shoppers.spawn(shop_until(end.clone(), shop, number));
    }
    sleep(WARM_UP).await;
    let before = resident_megabytes(server.pid);
    let mut shop = ShopClient::connect(&server, &long[0]).await?;
    let restock = async {
        let took = shop.restock(WAITERS).await;
        took.map(|took| took.as_secs_f64() * 1000.0)
    };
    let observed = observe(&mut session, &long[0], server.pid);
    let (restock, observed) = tokio::join!(restock, observed);
    end.cancel();
    let mut confirmed = Outcome::new();
    while let Some(outcome) = shoppers.join_next().await {
        confirmed.add(&outcome??);
    }
    judge(restock?, before, &observed?, &confirmed, results);
    results
        .failures
        .extend(deployment::audit(&mut session).await?);
    session.close().await?;
    server.end().await?;
    site.stop().await
}

/// Reserves a unit for one user and confirms it, and one for another user and leaves it to expire,
/// until `end`. Counts the confirmations.
async fn shop_until(
    end: CancellationToken,
    mut shop: ShopClient,
    number: u64,
) -> anyhow::Result<Outcome> {
    let mut confirmed = Outcome::new();
    let mut user = number;
    while !end.is_cancelled() {
        shop.reserve(user).await?;
        let took = shop.confirm(shop.reserved()?.reservation_id).await?;
        confirmed.count(Some(200), took, Duration::ZERO);
        shop.reserve(user + SHOPPERS).await?;
        user += 2 * SHOPPERS;
    }
    Ok(confirmed)
}

/// Watches until nobody waits for `sku`.
async fn observe(session: &mut PgConnection, sku: &str, server: u32) -> anyhow::Result<Observed> {
    let began = Instant::now();
    let mut observed = Observed::default();
    loop {
        sleep(Duration::from_millis(50)).await;
        let row = sqlx::query!(
            r#"
            select
                exists (select from waitlist where sku = $1) as "waits!",
                coalesce(extract(epoch from clock_timestamp() - (
                    select min(expires_at) from reservations where status = 'RESERVED'
                )), 0)::double precision as "overdue!"
            "#,
            sku,
        )
        .fetch_one(&mut *session)
        .await?;
        observed.overdue = observed.overdue.max(row.overdue);
        observed.memory = observed.memory.max(resident_megabytes(server));
        observed.took = began.elapsed();
        if !row.waits {
            return Ok(observed);
        }
        ensure!(observed.took < LIMIT, "the waitlist was not served");
    }
}

fn judge(
    restock: f64,
    before: f64,
    observed: &Observed,
    confirmed: &Outcome,
    results: &mut Results,
) {
    let Observed {
        took,
        overdue,
        memory,
    } = observed;
    let p99 = millis(&confirmed.latencies, 0.99);
    let growth = memory - before;
    let what = format!(
        "promotion: {WAITERS} waiting reservations served in {:.1} s; restock answered in {restock:.0} \
         ms, bar {MAX_RESTOCK} ms; p99 of confirmations {p99:.1} ms, bar {MAX_CONFIRM} ms; holds \
         overdue by {overdue:.2} s, bar {MAX_OVERDUE} s; memory +{growth:.0} MB, bar {MAX_GROWTH} MB",
        took.as_secs_f64(),
    );
    let met = restock <= MAX_RESTOCK
        && p99 <= MAX_CONFIRM
        && *overdue <= MAX_OVERDUE
        && growth <= MAX_GROWTH;
    results.requirement(SCENE, what, met);
}
