//! The scene `storm`: 50,000 holds end at the same instant while shoppers go on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};
use tokio::time::sleep;

use crate::crowd::Crowd;
use crate::findings::{Findings, Line};
use crate::load;
use crate::outcome::number;
use crate::stage::{Contender, DAY, Stage};

const SCENE: &str = "storm";
const HOLDS: u32 = 50_000;

/// How many shoppers come a second.
const SHOPPERS: u32 = 2_000;

/// How long shoppers come, before and after the instant.
const LENGTH: Duration = Duration::from_secs(16);

pub(crate) async fn play(findings: &mut Findings) -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    let crowd = Crowd::new("STORM", 1, 0.0);
    let sku = crowd.skus[0].clone();
    stage.stock(&crowd.skus, u64::from(HOLDS), DAY).await?;
    let contender = Contender::new(&[&stage.fairhold], crowd.reserves());
    let (addresses, requests) = (contender.addresses.clone(), &contender.requests);
    let holding = load::all(addresses[0], 512, usize::try_from(HOLDS)?, requests).await;
    ensure!(holding.succeeded == u64::from(HOLDS), "not all could hold");
    let end = end_together(&mut stage.connection, &sku, 6.0).await?;
    let mut watcher = stage.site.connect().await?;
    let watch = async {
        let spent = seconds_until_all_ended(&mut watcher, &sku, end).await;
        watcher.close().await?;
        spent
    };
    let shoppers = Arc::clone(requests);
    let load = load::open(&addresses, 512, f64::from(SHOPPERS), LENGTH, &shoppers);
    let (sample, spent) = tokio::join!(stage.measure(&contender, load), watch);
    let (sample, spent) = (sample?, spent?);
    let what = format!("shoppers' p99 of {:.1} ms, at most 250 ms", sample.p99);
    findings.bar(SCENE, what, sample.p99 <= 250.0);
    findings.line(Line::new(
        SCENE,
        "fairhold",
        format!("open loop, {SHOPPERS}/s"),
        sample,
    ));
    let audited = Instant::now();
    findings.faults.extend(stage.audit().await?);
    let audited = audited.elapsed().as_secs_f64();
    stage.strike().await?;
    let rate = number(u64::from(HOLDS)) / spent;
    let what = format!(
        "all ended and served on {spent:.1} s after the instant ({rate:.0}/s), audited in \
         {audited:.1} s more, at most 10 s"
    );
    findings.bar(SCENE, what, spent + audited <= 10.0);
    Ok(())
}

/// Makes all holds of `sku` end in that many seconds, in every row that tells of them.
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
