//! Newcomers keep a small lane full while shoppers who have a hold confirm it, each with one try.

use std::time::Duration;

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
use crate::results::Results;

const CONFIRMS: usize = 100;

const PAUSE: Duration = Duration::from_millis(20);

const NEWCOMERS: usize = 64;

const SETTINGS: [&str; 6] = ["--lanes", "1", "--queue-limit", "8", "--batch-limit", "4"];

pub(crate) async fn run(results: &mut Results) -> anyhow::Result<()> {
    let site = BenchDatabase::start().await?;
    let server = Server::fairhold(&site.url(), &SETTINGS).await?;
    let demand = Demand::new("CHECKOUT", 1, 0.0);
    deployment::stock(&server, &demand.skus, 1_000_000, DAY).await?;
    let ids = hold(&server, &demand.skus[0], CONFIRMS).await?;
    let newcomers = demand.reserves();
    let length = PAUSE * u32::try_from(2 * CONFIRMS)?;
    let addresses = [server.address];
    let crowd = load::closed(&addresses, NEWCOMERS, length, &newcomers);
    let (crowd, confirmed) = tokio::join!(crowd, confirm(&server, &ids));
    let confirmed = confirmed?;
    let what = format!(
        "checkout: {confirmed} of {CONFIRMS} confirmations succeeded at the first try, bar {CONFIRMS}; \
         {} newcomers served, {} refused",
        crowd.succeeded, crowd.refused,
    );
    let both = confirmed == CONFIRMS && crowd.succeeded > 0;
    results.requirement(SCENE, what, both);
    let mut session = site.connect().await?;
    results
        .failures
        .extend(deployment::audit(&mut session).await?);
    session.close().await?;
    server.end().await?;
    site.stop().await
}

/// Confirms each hold once and returns how many were confirmed.
async fn confirm(server: &Server, ids: &[Uuid]) -> anyhow::Result<usize> {
    let mut client = Client::connect(server.address).await?;
    let mut confirmed = 0;
    for id in ids {
        sleep(PAUSE).await;
        let body = format!("{{\"reservation_id\":\"{id}\"}}");
        let status = client.post("/checkout/confirm", "", &body).await?;
        confirmed += usize::from(status == 200);
    }
    Ok(confirmed)
}
