//! A user whose holds ended on 200,000 SKUs reserves again and again, beside newcomers of the same lane.

use std::time::Duration;

use sqlx::{Connection, Executor};

use super::scene::SCENE;
use crate::demand::Demand;
use crate::deployment;
use crate::environment::{BenchDatabase, Server};
use crate::fixture::DAY;
use crate::load;
use crate::outcome::millis;
use crate::requests::Requests;
use crate::results::Results;

const LENGTH: Duration = Duration::from_secs(5);

const CLIENTS: usize = 8;

/// The p99 of the newcomers, in milliseconds.
const MAX_P99: f64 = 50.0;

const PLANT: &str = "
    insert into user_behavior (
        sku, user_id, confirmed_count, cancelled_count, expired_count, confirmed_weight,
        abandoned_weight, weighted_at
    )
    select 'OLD-' || n, 'reseller', 1, 0, 0, 1, 0, now() - n * interval '1 second'
    from generate_series(1, 200000) as n";

pub(crate) async fn run(results: &mut Results) -> anyhow::Result<()> {
    let site = BenchDatabase::start().await?;
    let server = Server::fairhold(&site.url(), &["--lanes", "1"]).await?;
    let demand = Demand::new("BEHAVIOR", 1, 0.0);
    deployment::stock(&server, &demand.skus, 1_000_000, DAY).await?;
    let mut session = site.connect().await?;
    session.execute(PLANT).await?;
    deployment::vacuum(&mut session).await?;
    let reseller = Requests::new("/inventory/reserve", |_| {
        "{\"sku\":\"BEHAVIOR-1\",\"user_id\":\"reseller\"}".to_owned()
    });
    let newcomers = demand.reserves();
    let addresses = [server.address];
    let (known, others) = tokio::join!(
        load::closed(&addresses, 1, LENGTH, &reseller),
        load::closed(&addresses, CLIENTS, LENGTH, &newcomers),
    );
    let p99 = millis(&others.latencies, 0.99);
    let what = format!(
        "behavior: newcomers' p99 {p99:.1} ms beside a user with endings on 200,000 SKUs, bar {MAX_P99} \
         ms; that user's {:.1} ms",
        millis(&known.latencies, 0.99),
    );
    let failed = known.failed + known.refused + others.failed + others.refused;
    results.requirement(SCENE, what, failed == 0 && p99 <= MAX_P99);
    session
        .execute("delete from user_behavior where user_id = 'reseller'")
        .await?;
    results
        .failures
        .extend(deployment::audit(&mut session).await?);
    session.close().await?;
    server.end().await?;
    site.stop().await
}
