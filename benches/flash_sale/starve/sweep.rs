//! Many holds are due at once, on one SKU or spread over many, while shoppers want another SKU.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use sqlx::{Connection, Executor, PgConnection};
use tokio::time::sleep;

use super::scene::SCENE;
use crate::demand::Demand;
use crate::deployment;
use crate::environment::{BenchDatabase, Server};
use crate::fixture::DAY;
use crate::load;
use crate::outcome::{Outcome, millis};
use crate::requests::Requests;
use crate::results::Results;

/// Holds that are due together.
struct Shape {
    prefix: &'static str,
    skus: u32,
    holds: u32,
    /// The least that end in a second.
    least: f64,
}

const SHAPES: [Shape; 2] = [
    Shape {
        prefix: "ONE",
        skus: 1,
        holds: 100_000,
        least: 20_000.0,
    },
    Shape {
        prefix: "MANY",
        skus: 20_000,
        holds: 20_000,
        least: 10_000.0,
    },
];

const CLIENTS: usize = 8;

/// The p99 of the shoppers, in milliseconds.
const MAX_P99: f64 = 250.0;

/// How long shoppers come.
const LENGTH: Duration = Duration::from_secs(10);

/// Everything but holds of the shoppers must have ended within this time.
const LIMIT: Duration = Duration::from_mins(1);

/// Makes every hold due that was made for a day.
const DATE_BACK: &str = "
    begin;
    update skus set created_at = created_at - interval '2 days', updated_at = updated_at - interval '2 days';
    update reservations set created_at = created_at - interval '2 days',
        updated_at = updated_at - interval '2 days', expires_at = expires_at - interval '2 days';
    update ledger set recorded_at = recorded_at - interval '2 days';
    commit";

pub(crate) async fn run(results: &mut Results) -> anyhow::Result<()> {
    for shape in SHAPES {
        shape.run(results).await?;
    }
    Ok(())
}

impl Shape {
    async fn run(self, results: &mut Results) -> anyhow::Result<()> {
        let site = BenchDatabase::start().await?;
        let server = Server::fairhold(&site.url(), &[]).await?;
        let demand = Demand::new(self.prefix, self.skus, 0.0);
        let units = u64::from(self.holds / self.skus);
        deployment::stock(&server, &demand.skus, units, DAY).await?;
        let shoppers = Demand::new("OTHER", 1, 0.0);
        deployment::stock(&server, &shoppers.skus, 1_000_000, DAY).await?;
        let mut session = site.connect().await?;
        let all = usize::try_from(self.holds)?;
        let held = load::all(server.address, 512, all, &each_in_turn(demand)).await;
        ensure!(held.succeeded == u64::from(self.holds), "not all were held");
        session.execute(DATE_BACK).await?;
        let shoppers = shoppers.reserves();
        let addresses = [server.address];
        let (sold, took) = tokio::join!(
            load::closed(&addresses, CLIENTS, LENGTH, &shoppers),
            until_all_ended(&mut session, self.prefix),
        );
        self.judge(&sold, took?, results);
        results
            .failures
            .extend(deployment::audit(&mut session).await?);
        session.close().await?;
        server.end().await?;
        site.stop().await
    }

    fn judge(&self, sold: &Outcome, took: Duration, results: &mut Results) {
        let Self {
            skus, holds, least, ..
        } = self;
        let rate = f64::from(*holds) / took.as_secs_f64();
        let p99 = millis(&sold.latencies, 0.99);
        let what = format!(
            "sweep: {holds} due holds of {skus} SKUs ended in {:.1} s, {rate:.0}/s, bar {least}/s; p99 of \
             shoppers {p99:.1} ms, bar {MAX_P99} ms",
            took.as_secs_f64(),
        );
        let served = sold.failed + sold.refused == 0 && p99 <= MAX_P99;
        results.requirement(SCENE, what, served && rate >= *least);
    }
}

/// Reserves one unit of each SKU in turn, each for a different user.
fn each_in_turn(demand: Demand) -> Arc<Requests> {
    let count = demand.skus.len();
    Requests::new("/inventory/reserve", move |number| {
        let index = usize::try_from(number).unwrap_or(usize::MAX) % count;
        let sku = &demand.skus[index];
        format!("{{\"sku\":\"{sku}\",\"user_id\":\"{sku}-{number}\"}}")
    })
}

/// Waits until no SKU with this prefix has units on hold; how long that was.
async fn until_all_ended(connection: &mut PgConnection, prefix: &str) -> anyhow::Result<Duration> {
    let began = Instant::now();
    loop {
        sleep(Duration::from_millis(50)).await;
        let held = sqlx::query_scalar!(
            r#"
            select exists (
                select from skus
                where starts_with(sku, $1)
                    and reserved_quantity > 0
            ) as "held!"
            "#,
            prefix,
        )
        .fetch_one(&mut *connection)
        .await?;
        if !held {
            return Ok(began.elapsed());
        }
        ensure!(began.elapsed() < LIMIT, "the holds did not end");
    }
}
