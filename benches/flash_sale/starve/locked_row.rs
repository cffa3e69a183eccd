//! Another session keeps the row of a SKU locked, while shoppers want that SKU and another one of the
//! same lane.

use std::time::Duration;

use sqlx::{Connection, Executor};

use super::scene::SCENE;
use crate::demand::Demand;
use crate::deployment;
use crate::environment::{BenchDatabase, Server};
use crate::fixture::DAY;
use crate::load;
use crate::outcome::{Outcome, millis};
use crate::results::Results;

/// In which the lane may find out that the row is locked.
const WARM_UP: Duration = Duration::from_secs(3);

/// Longer than a few requests time out one after another.
const LENGTH: Duration = Duration::from_secs(16);

const CLIENTS: usize = 8;

/// The longest that the other SKU may wait, in milliseconds.
const MAX_WAIT: f64 = 250.0;

pub(crate) async fn run(results: &mut Results) -> anyhow::Result<()> {
    let site = BenchDatabase::start().await?;
    let server = Server::fairhold(&site.url(), &["--lanes", "1"]).await?;
    let (locked, free) = (Demand::new("LOCKED", 1, 0.0), Demand::new("FREE", 1, 0.0));
    let skus = [locked.skus.clone(), free.skus.clone()].concat();
    deployment::stock(&server, &skus, 1_000_000, DAY).await?;
    let mut session = site.connect().await?;
    let mut lock = session.begin().await?;
    lock.execute("select from skus where sku = 'LOCKED-1' for update")
        .await?;
    let (locked, free) = (locked.reserves(), free.reserves());
    let addresses = [server.address];
    let refused = load::closed(&addresses, CLIENTS, WARM_UP + LENGTH, &locked);
    let sold = async {
        load::closed(&addresses, CLIENTS, WARM_UP, &free).await;
        load::closed(&addresses, CLIENTS, LENGTH, &free).await
    };
    let (refused, sold) = tokio::join!(refused, sold);
    lock.rollback().await?;
    judge(&refused, &sold, results);
    results
        .failures
        .extend(deployment::audit(&mut session).await?);
    session.close().await?;
    server.end().await?;
    site.stop().await
}

fn judge(refused: &Outcome, sold: &Outcome, results: &mut Results) {
    let longest = millis(&sold.latencies, 1.0);
    let what = format!(
        "locked-row: {:.0} reservations/s of the other SKU, p99 {:.1} ms, longest {longest:.1} ms, bar \
         {MAX_WAIT} ms; {} of the locked one refused",
        sold.rate(),
        millis(&sold.latencies, 0.99),
        refused.refused,
    );
    let failed = sold.failed + sold.refused + refused.failed + refused.succeeded;
    results.requirement(SCENE, what, failed == 0 && longest <= MAX_WAIT);
}
