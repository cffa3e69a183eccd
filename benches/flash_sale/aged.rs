//! The scene `aged`: one SKU in high demand, in a new database and in one with a long history, in turns.
//! Shoppers are new users, as in `hot`; in a third turn, they are users with a history.

use std::time::Instant;

use sqlx::PgConnection;

use crate::arguments::Arguments;
use crate::demand::Demand;
use crate::deployment::{Deployment, vacuum};
use crate::fixture::{Contender, DAY, Fixture};
use crate::history::{History, PREFIX};
use crate::load::{self, clients_label};
use crate::outcome::number;
use crate::results::{Results, Row};
use crate::sample::Sample;
use crate::table::grouped;

const SCENE: &str = "aged";
const CLIENTS: usize = 512;

/// Old holds per user.
const HOLDS_PER_USER: u64 = 5;

pub(crate) async fn run(arguments: &Arguments, results: &mut Results) -> anyhow::Result<()> {
    let mut fixture = Fixture::start().await?;
    let mut aged = Deployment::open(&fixture.site, "aged").await?;
    let units = arguments.seconds * arguments.rounds * 50_000;
    let ask = || Demand::new(PREFIX, 1, 0.0);
    fixture.stock(&ask().skus, units, DAY).await?;
    vacuum(&mut fixture.connection).await?;
    write_history(&mut aged, arguments.old, units).await?;
    let mut contenders = [
        ("fresh", &fixture.fairhold, newcomer as fn(u64) -> u64),
        ("aged", &aged.fairhold, newcomer),
        ("regulars", &aged.fairhold, regular),
    ]
    .map(|(who, server, user)| {
        let requests = ask().reserves_for(user);
        (who, Contender::new(&[server], requests), Vec::new())
    });
    for _ in 0..arguments.rounds {
        for (who, contender, samples) in &mut contenders {
            let (addresses, requests) = (&contender.addresses, &contender.requests);
            let load = load::closed(addresses, CLIENTS, arguments.duration(), requests);
            let sample = fixture.measure(contender, load).await?;
            println!("{who:9} {:8.0}/s", sample.requests_per_second);
            samples.push(sample);
        }
    }
    let rates = contenders.map(|(who, _, samples)| {
        let sample = Sample::median(&samples);
        let rate = sample.requests_per_second;
        results.row(Row::new(SCENE, who, clients_label(CLIENTS), sample));
        rate
    });
    let ratio = rates[1] / rates[0];
    let what = format!("{ratio:.2} × the rate of a new database, target 0.9");
    results.target(SCENE, what, ratio >= 0.9);
    audit(aged, results).await?;
    results.failures.extend(fixture.audit().await?);
    fixture.stop().await
}

/// The n-th user without a history.
fn newcomer(number: u64) -> u64 {
    number * 2 + 1
}

/// The n-th user with a history, as long as there are any.
fn regular(number: u64) -> u64 {
    number * 2
}

async fn write_history(
    books: &mut Deployment,
    reservations: u64,
    units: u64,
) -> anyhow::Result<()> {
    let history = History {
        reservations,
        reservations_per_user: HOLDS_PER_USER,
    };
    let started = Instant::now();
    history.write(books, units).await?;
    let seconds = started.elapsed().as_secs_f64();
    let entries = entries(&mut books.connection).await?;
    let what = format!(
        "{} old reservations with {} ledger rows, written in {seconds:.0} s",
        grouped(reservations),
        grouped(entries),
    );
    println!("{what}");
    Ok(())
}

async fn audit(mut aged: Deployment, results: &mut Results) -> anyhow::Result<()> {
    let entries = entries(&mut aged.connection).await?;
    let started = Instant::now();
    results.failures.extend(aged.close().await?);
    let seconds = started.elapsed().as_secs_f64();
    let rate = number(entries) / seconds;
    let what = format!(
        "{} ledger rows audited in {seconds:.1} s, {rate:.0} per second, target 100,000",
        grouped(entries),
    );
    results.requirement(SCENE, what, rate >= 100_000.0);
    Ok(())
}

/// The number of ledger rows: each increments the version of its SKU.
async fn entries(connection: &mut PgConnection) -> anyhow::Result<u64> {
    let versions = sqlx::query_scalar!(r#"select sum(version)::bigint as "sum!" from skus"#);
    Ok(u64::try_from(versions.fetch_one(connection).await?)?)
}
