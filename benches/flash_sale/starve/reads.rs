//! Readers ask for heavy pages of a process, while shoppers confirm holds there that another process
//! has made.

use std::time::{Duration, Instant};

use anyhow::ensure;
use sqlx::Connection;
use tokio::time::sleep;
use uuid::Uuid;

use super::holds::hold;
use super::scene::SCENE;
use crate::client::Client;
use crate::demand::Demand;
use crate::deployment;
use crate::environment::{BenchDatabase, Server};
use crate::fixture::DAY;
use crate::load;
use crate::outcome::{Outcome, millis};
use crate::requests::Requests;
use crate::results::Results;

/// Live holds, and entries of the ledger.
const HOLDS: usize = 300_000;

const CONFIRMS: usize = 100;

const PAUSE: Duration = Duration::from_millis(50);

/// The p99 of the confirmations, in milliseconds.
const MAX_P99: f64 = 250.0;

const LISTS: usize = 32;

const HISTORIES: usize = 48;

pub(crate) async fn run(results: &mut Results) -> anyhow::Result<()> {
    let site = BenchDatabase::start().await?;
    let one = Server::fairhold(&site.url(), &[]).await?;
    let other = Server::fairhold(&site.url(), &[]).await?;
    let demand = Demand::new("READS", 1, 0.0);
    let sku = demand.skus[0].clone();
    deployment::stock(&one, &demand.skus, 1_000_000, DAY).await?;
    let held = load::all(one.address, 512, HOLDS, &demand.reserves_for(|n| n + 1_000)).await;
    ensure!(held.failed + held.refused == 0, "not all were held");
    let ids = hold(&one, &sku, CONFIRMS).await?;
    let mut session = site.connect().await?;
    deployment::vacuum(&mut session).await?;
    let length = 2 * PAUSE * u32::try_from(CONFIRMS)?;
    let lists = Requests::get("/reservations?status=RESERVED");
    let histories = Requests::get(&format!("/analytics/inventory/{sku}/history?buckets=500"));
    let addresses = [other.address];
    let (lists, histories, confirmed) = tokio::join!(
        load::closed(&addresses, LISTS, length, &lists),
        load::closed(&addresses, HISTORIES, length, &histories),
        confirm(&other, &ids),
    );
    judge(&confirmed?, [&lists, &histories], results);
    results
        .failures
        .extend(deployment::audit(&mut session).await?);
    session.close().await?;
    one.end().await?;
    other.end().await?;
    site.stop().await
}

/// Confirms each hold with one try.
async fn confirm(server: &Server, ids: &[Uuid]) -> anyhow::Result<Outcome> {
    let mut client = Client::connect(server.address).await?;
    let mut outcome = Outcome::new();
    for id in ids {
        sleep(PAUSE).await;
        let body = format!("{{\"reservation_id\":\"{id}\"}}");
        let sent = Instant::now();
        let status = client.post("/checkout/confirm", "", &body).await?;
        outcome.count(Some(status), sent.elapsed(), Duration::ZERO);
    }
    Ok(outcome)
}

fn judge(confirmed: &Outcome, [lists, histories]: [&Outcome; 2], results: &mut Results) {
    let p99 = millis(&confirmed.latencies, 0.99);
    let what = format!(
        "reads: {} of {CONFIRMS} confirmations succeeded at the first try, bar {CONFIRMS}; p99 {p99:.1} \
         ms, bar {MAX_P99} ms; {:.0} lists/s and {:.0} histories/s of {HOLDS} holds served, {} and {} \
         refused",
        confirmed.succeeded,
        lists.rate(),
        histories.rate(),
        lists.refused,
        histories.refused,
    );
    let read = lists.succeeded > 0 && histories.succeeded > 0;
    let met = confirmed.failed + confirmed.refused == 0 && read && p99 <= MAX_P99;
    results.requirement(SCENE, what, met);
}
