//! The scene `sale`: 1,000 units and 100,000 shoppers. Of those with a hold, 60 % confirm, 20 % cancel, and
//! the rest let it expire, so that the next on the waitlist are promoted.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::ensure;
use sqlx::PgConnection;
use tokio::time::sleep;
use uuid::Uuid;

use crate::demand::{Demand, fraction};
use crate::fixture::{Contender, Fixture};
use crate::load;
use crate::requests::Requests;
use crate::results::{Results, Row};

const SCENE: &str = "sale";
const STOCK: i32 = 1_000;
const SHOPPERS: usize = 100_000;

/// Hold time in seconds: the minimum.
const HOLD: u32 = 5;

/// Time limit for selling out.
const TIMEOUT: Duration = Duration::from_mins(4);

pub(crate) async fn run(results: &mut Results) -> anyhow::Result<()> {
    let mut fixture = Fixture::start().await?;
    let demand = Demand::new("SALE", 1, 0.0);
    let sku = demand.skus[0].clone();
    fixture
        .stock(&demand.skus, u64::try_from(STOCK)?, HOLD)
        .await?;
    let contender = Contender::new(&[&fixture.fairhold], demand.reserves());
    let address = contender.addresses[0];
    let mut connection = fixture.site.connect().await?;
    let rush = load::all(address, 512, SHOPPERS, &contender.requests);
    let buying = buy_out(&mut connection, &sku, address);
    let (sample, sold) = tokio::join!(fixture.measure(&contender, rush), buying);
    let (sample, sold) = (sample?, sold?);
    let late = sold.late;
    let what = format!(
        "all {STOCK} sold in {:.1} s, {} holds won, {late} checkouts too late",
        sold.spent.as_secs_f64(),
        sold.won,
    );
    results.target(SCENE, what, late == 0);
    let load = "512 clients".to_owned();
    results.row(Row::new(SCENE, "fairhold", load, sample));
    drop(connection);
    results.failures.extend(fixture.audit().await?);
    fixture.stop().await?;
    Ok(())
}

struct Sold {
    won: usize,
    late: u64,
    spent: Duration,
}

/// Acts for every shopper with a hold, until everything is sold.
async fn buy_out(
    connection: &mut PgConnection,
    sku: &str,
    address: SocketAddr,
) -> anyhow::Result<Sold> {
    let started = Instant::now();
    let (mut seen, mut late) = (HashSet::new(), 0);
    while sold_units(connection, sku).await? < i64::from(STOCK) {
        ensure!(
            started.elapsed() < TIMEOUT,
            "timed out before everything was sold"
        );
        let (mut confirmed, mut cancelled) = (Vec::new(), Vec::new());
        for id in holds(connection, sku).await? {
            if seen.insert(id) {
                match fraction(u64::try_from(seen.len())?) {
                    ..0.6 => confirmed.push(id),
                    0.6..0.8 => cancelled.push(id),
                    _ => {}
                }
            }
        }
        for (path, ids) in [
            ("/checkout/confirm", confirmed),
            ("/checkout/cancel", cancelled),
        ] {
            let count = ids.len();
            let requests = Requests::new(path, move |number| {
                let id = ids[usize::try_from(number).unwrap_or_default()];
                format!("{{\"reservation_id\":\"{id}\"}}")
            });
            late += load::all(address, 64, count, &requests).await.failed;
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(Sold {
        won: seen.len(),
        late,
        spent: started.elapsed(),
    })
}

async fn sold_units(connection: &mut PgConnection, sku: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!("select sold_quantity from skus where sku = $1", sku)
        .fetch_one(connection)
        .await
}

async fn holds(connection: &mut PgConnection, sku: &str) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"
        select reservation_id
        from reservations
        where sku = $1 and status = 'RESERVED' and expires_at > clock_timestamp()
        "#,
        sku,
    )
    .fetch_all(connection)
    .await
}
