//! The scene `aged`: one SKU that everybody wants, in fresh books and in books with a long past, in
//! turns. The shoppers are newcomers, as in `hot`; a third turn has those who have a past there.

use std::time::Instant;

use sqlx::PgConnection;

use crate::Arguments;
use crate::books::{Books, settle};
use crate::contest::load_of;
use crate::crowd::Crowd;
use crate::findings::{Findings, Line};
use crate::load;
use crate::outcome::number;
use crate::past::{PREFIX, Past};
use crate::sample::Sample;
use crate::stage::{Contender, DAY, Stage};
use crate::table::grouped;

const SCENE: &str = "aged";
const CLIENTS: usize = 512;

/// How many holds each user of the past had.
const OF_EACH_USER: u64 = 5;

pub(crate) async fn play(arguments: &Arguments, findings: &mut Findings) -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    let mut aged = Books::open(&stage.site, "aged").await?;
    let units = arguments.seconds * arguments.rounds * 50_000;
    let ask = || Crowd::new(PREFIX, 1, 0.0);
    stage.stock(&ask().skus, units, DAY).await?;
    settle(&mut stage.connection).await?;
    grow_old(&mut aged, arguments.old, units).await?;
    let mut contenders = [
        ("fresh", &stage.fairhold, newcomer as fn(u64) -> u64),
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
            let load = load::closed(addresses, CLIENTS, arguments.length(), requests);
            let sample = stage.measure(contender, load).await?;
            println!("{who:9} {:8.0}/s", sample.requests_a_second);
            samples.push(sample);
        }
    }
    let rates = contenders.map(|(who, _, samples)| {
        let sample = Sample::median(&samples);
        let rate = sample.requests_a_second;
        findings.line(Line::new(SCENE, who, load_of(CLIENTS), sample));
        rate
    });
    let ratio = rates[1] / rates[0];
    let what = format!("{ratio:.2} × the rate of fresh books, at least 0.9");
    findings.bar(SCENE, what, ratio >= 0.9);
    audit(aged, findings).await?;
    findings.faults.extend(stage.audit().await?);
    stage.strike().await
}

/// The n-th user without a past.
fn newcomer(number: u64) -> u64 {
    number * 2 + 1
}

/// The n-th user with a past, as long as there are any.
fn regular(number: u64) -> u64 {
    number * 2
}

async fn grow_old(books: &mut Books, reservations: u64, units: u64) -> anyhow::Result<()> {
    let past = Past {
        reservations,
        of_each_user: OF_EACH_USER,
    };
    let started = Instant::now();
    past.write(books, units).await?;
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

async fn audit(mut aged: Books, findings: &mut Findings) -> anyhow::Result<()> {
    let entries = entries(&mut aged.connection).await?;
    let started = Instant::now();
    findings.faults.extend(aged.close().await?);
    let seconds = started.elapsed().as_secs_f64();
    let rate = number(entries) / seconds;
    let what = format!(
        "{} ledger rows audited in {seconds:.1} s, {rate:.0} a second, at least 100,000",
        grouped(entries),
    );
    findings.promise(SCENE, what, rate >= 100_000.0);
    Ok(())
}

/// How many ledger rows there are: each raises the version of its SKU by one.
async fn entries(connection: &mut PgConnection) -> anyhow::Result<u64> {
    let versions = sqlx::query_scalar!(r#"select sum(version)::bigint as "sum!" from skus"#);
    Ok(u64::try_from(versions.fetch_one(connection).await?)?)
}
