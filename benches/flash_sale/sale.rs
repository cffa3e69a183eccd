//! The scene `sale`: a stock of 1,000 and 100,000 shoppers; of those who win, 60 % confirm, 20 %
//! cancel, and the rest let their holds lapse, so that the next in line are served.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::ensure;
use sqlx::PgConnection;
use tokio::time::sleep;
use uuid::Uuid;

use crate::crowd::{Crowd, fraction};
use crate::findings::{Findings, Line};
use crate::line::Requests;
use crate::load;
use crate::stage::{Contender, Stage};

const SCENE: &str = "sale";
const STOCK: i32 = 1_000;
const SHOPPERS: usize = 100_000;

/// How long a hold lasts, in seconds: the least there is.
const HOLD: u32 = 5;

/// When to give up on the last units.
const PATIENCE: Duration = Duration::from_mins(4);

pub(crate) async fn play(findings: &mut Findings) -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    let crowd = Crowd::new("SALE", 1, 0.0);
    let sku = crowd.skus[0].clone();
    stage
        .stock(&crowd.skus, u64::try_from(STOCK)?, HOLD)
        .await?;
    let contender = Contender::new(&[&stage.fairhold], crowd.reserves());
    let address = contender.addresses[0];
    let mut till = stage.site.connect().await?;
    let rush = load::all(address, 512, SHOPPERS, &contender.requests);
    let buying = buy_out(&mut till, &sku, address);
    let (sample, sold) = tokio::join!(stage.measure(&contender, rush), buying);
    let (sample, sold) = (sample?, sold?);
    let late = sold.late;
    let what = format!(
        "all {STOCK} sold in {:.1} s, {} holds won, {late} checkouts too late",
        sold.spent.as_secs_f64(),
        sold.won,
    );
    findings.bar(SCENE, what, late == 0);
    let load = "512 clients".to_owned();
    findings.line(Line::new(SCENE, "fairhold", load, sample));
    drop(till);
    findings.faults.extend(stage.audit().await?);
    stage.strike().await?;
    Ok(())
}

struct Sold {
    won: usize,
    late: u64,
    spent: Duration,
}

/// Acts for whoever wins a hold, until everything is sold.
async fn buy_out(till: &mut PgConnection, sku: &str, address: SocketAddr) -> anyhow::Result<Sold> {
    let started = Instant::now();
    let (mut seen, mut late) = (HashSet::new(), 0);
    while sold_units(till, sku).await? < i64::from(STOCK) {
        ensure!(started.elapsed() < PATIENCE, "the stock is not sold out");
        let (mut confirmed, mut cancelled) = (Vec::new(), Vec::new());
        for id in holds(till, sku).await? {
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

async fn sold_units(till: &mut PgConnection, sku: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!("select sold_quantity from skus where sku = $1", sku)
        .fetch_one(till)
        .await
}

async fn holds(till: &mut PgConnection, sku: &str) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"
        select reservation_id
        from reservations
        where sku = $1 and status = 'RESERVED' and expires_at > clock_timestamp()
        "#,
        sku,
    )
    .fetch_all(till)
    .await
}
