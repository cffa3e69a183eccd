//! The scene `storm`: 50,000 holds expire at the same time while shoppers keep coming.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};
use tokio::time::sleep;

use crate::demand::Demand;
use crate::fixture::{Contender, DAY, Fixture};
use crate::load;
use crate::outcome::number;
use crate::results::{Results, Row};

const SCENE: &str = "storm";
const HOLDS: u32 = 50_000;

/// Shoppers per second.
const SHOPPERS: u32 = 2_000;

/// How long shoppers keep coming, before and after the expiry.
const LENGTH: Duration = Duration::from_secs(16);

pub(crate) async fn run(results: &mut Results) -> anyhow::Result<()> {
    let mut fixture = Fixture::start().await?;
    let demand = Demand::new("STORM", 1, 0.0);
    let sku = demand.skus[0].clone();
    fixture.stock(&demand.skus, u64::from(HOLDS), DAY).await?;
    let contender = Contender::new(&[&fixture.fairhold], demand.reserves());
    let (addresses, requests) = (contender.addresses.clone(), &contender.requests);
    let holding = load::all(addresses[0], 512, usize::try_from(HOLDS)?, requests).await;
    ensure!(
        holding.succeeded == u64::from(HOLDS),
        "not every reservation succeeded"
    );
    let end = end_together(&mut fixture.connection, &sku, 6.0).await?;
    let mut watcher = fixture.site.connect().await?;
    let watch = async {
        let spent = seconds_until_all_ended(&mut watcher, &sku, end).await;
        watcher.close().await?;
        spent
    };
    let shoppers = Arc::clone(requests);
    let load = load::open(&addresses, 512, f64::from(SHOPPERS), LENGTH, &shoppers);
    let (sample, spent) = tokio::join!(fixture.measure(&contender, load), watch);
    let (sample, spent) = (sample?, spent?);
    let what = format!("shoppers' p99 of {:.1} ms, target 250 ms", sample.p99);
    results.target(SCENE, what, sample.p99 <= 250.0);
    results.row(Row::new(
        SCENE,
        "fairhold",
        format!("open loop, {SHOPPERS}/s"),
        sample,
    ));
    let audited = Instant::now();
    results.failures.extend(fixture.audit().await?);
    let audited = audited.elapsed().as_secs_f64();
    fixture.stop().await?;
    let rate = number(u64::from(HOLDS)) / spent;
    let what = format!(
        "all expired and passed on {spent:.1} s after they were due ({rate:.0}/s), audited in \
         {audited:.1} s more, target 10 s"
    );
    results.target(SCENE, what, spent + audited <= 10.0);
    Ok(())
}

/// Makes all holds of `sku` expire in `seconds`, and adjusts every related row.
async fn end_together(
    connection: &mut PgConnection,
    sku: &str,
    seconds: f64,
) -> sqlx::Result<DateTime<Utc>> {
    sqlx::query_scalar!(
        r#"
        with instant as materialized (
            select clock_timestamp() + make_interval(secs => $2) as due
        ),
        s as (
            update skus
            set
                created_at = due - make_interval(secs => hold_ttl_seconds),
                updated_at = due - make_interval(secs => hold_ttl_seconds)
            from instant
            where sku = $1
        ),
        r as (
            update reservations
            set
                created_at = due - make_interval(secs => ttl_seconds),
                updated_at = due - make_interval(secs => ttl_seconds),
                expires_at = due
            from instant
            where sku = $1
        ),
        l as (
            update ledger
            set recorded_at = due - make_interval(secs => s.hold_ttl_seconds)
            from instant, skus as s
            where ledger.sku = $1 and s.sku = $1
        )
        select due as "due!" from instant
        "#,
        sku,
        seconds,
    )
    .fetch_one(connection)
    .await
}

/// Waits until no hold of `sku` is overdue; how long after `end` that was.
async fn seconds_until_all_ended(
    connection: &mut PgConnection,
    sku: &str,
    end: DateTime<Utc>,
) -> anyhow::Result<f64> {
    loop {
        sleep(Duration::from_millis(50)).await;
        let look = sqlx::query!(
            r#"
            select
                extract(epoch from clock_timestamp() - $2)::double precision as "since!",
                exists (
                    select from reservations
                    where sku = $1 and status = 'RESERVED' and expires_at <= $2
                ) as "left!"
            "#,
            sku,
            end,
        )
        .fetch_one(&mut *connection)
        .await?;
        if look.since > 0.0 && !look.left {
            return Ok(look.since);
        }
        ensure!(look.since < 60.0, "the holds did not end");
    }
}
