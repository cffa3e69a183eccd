//! The scene `streams`: one SKU that everybody wants, watched by nobody and by 2,000 streams, in
//! turns; and how long a change takes to be shown.

use crate::Arguments;
use crate::client::Client;
use crate::contest::load_of;
use crate::crowd::Crowd;
use crate::findings::{Findings, Line};
use crate::load;
use crate::outcome::{millis, number};
use crate::sample::Sample;
use crate::site::Server;
use crate::stage::{Contender, DAY, Stage};
use crate::usage::resident_megabytes;
use crate::watchers::{Reader, Watchers, delay_behind_answers, quantiles};

const SCENE: &str = "streams";
const CLIENTS: usize = 512;
const STREAMS: usize = 2_000;

/// How many changes are waited for, one after the other.
const CHANGES: u64 = 200;

pub(crate) async fn play(arguments: &Arguments, findings: &mut Findings) -> anyhow::Result<()> {
    let mut stage = Stage::set().await?;
    let crowd = Crowd::new("WATCHED", 1, 0.0);
    let sku = crowd.skus[0].clone();
    let units = arguments.seconds * (arguments.rounds * 2 + 1) * 50_000;
    stage.stock(&crowd.skus, units, DAY).await?;
    delays(&stage, findings).await?;
    let contender = Contender::new(&[&stage.fairhold], crowd.reserves());
    let (addresses, requests) = (contender.addresses.clone(), contender.requests.clone());
    let pid = stage.fairhold.pid;
    let load = || load::closed(&addresses, CLIENTS, arguments.length(), &requests);
    // What the load itself takes is there before memory is looked at.
    load().await;
    let (mut unwatched, mut watched, mut grown) = (Vec::new(), Vec::new(), 0.0_f64);
    for _ in 0..arguments.rounds {
        unwatched.push(stage.measure(&contender, load()).await?);
        let before = resident_megabytes(pid);
        let watchers = Watchers::open(addresses[0], &sku, STREAMS).await?;
        let opened = resident_megabytes(pid) - before;
        let events = watchers.seen.events();
        let sample = stage.measure(&contender, load()).await?;
        grown = grown.max(resident_megabytes(pid) - before);
        let events = number(watchers.seen.events() - events);
        println!(
            "{:.0}/s unwatched, {:.0}/s watched; {STREAMS} streams opened with {opened:.0} MB, \
             {:.0} events in all, shown {} after their change",
            unwatched
                .last()
                .map_or(0.0, |sample| sample.requests_a_second),
            sample.requests_a_second,
            events,
            watchers.seen.ages(),
        );
        watched.push(sample);
    }
    judge(&unwatched, &watched, grown, findings);
    findings.faults.extend(stage.audit().await?);
    stage.strike().await
}

fn judge(unwatched: &[Sample], watched: &[Sample], grown: f64, findings: &mut Findings) {
    let rates = [("unwatched", unwatched), ("watched", watched)].map(|(who, samples)| {
        let sample = Sample::median(samples);
        let rate = sample.requests_a_second;
        findings.line(Line::new(SCENE, who, load_of(CLIENTS), sample));
        rate
    });
    let ratio = rates[1] / rates[0];
    let what = format!("{STREAMS} streams leave {ratio:.2} × the rate, at least 0.9");
    findings.bar(SCENE, what, ratio >= 0.9);
    let what = format!("{STREAMS} streams take {grown:.0} MB, less than 64");
    findings.bar(SCENE, what, grown < 64.0);
}

/// How long a change takes to be shown by the process that made it, and by another one.
async fn delays(stage: &Stage, findings: &mut Findings) -> anyhow::Result<()> {
    let other = Server::fairhold(&stage.site.url(), &[]).await?;
    let sku = "CALM".to_owned();
    stage.stock(&[sku], 1_000_000, DAY).await?;
    let mut client = Client::connect(stage.fairhold.address).await?;
    let mut version = 1;
    for (who, address) in [
        ("the same process", stage.fairhold.address),
        ("another process", other.address),
    ] {
        let reader = Reader::open(address, "/live/inventory/CALM").await?;
        let change = async || {
            let body = "{\"sku\":\"CALM\",\"quantity\":1}";
            client.post("/inventory/restock", "", body).await?;
            Ok(())
        };
        let delays = delay_behind_answers(reader, version, CHANGES, change).await?;
        let delay = quantiles(&delays);
        version += CHANGES;
        println!("{who} shows a change {delay} after its answer");
        let what = format!("{who} shows a change {delay} after its answer, within 250 ms");
        findings.bar(SCENE, what, millis(&delays, 0.99) <= 250.0);
    }
    other.end().await?;
    Ok(())
}
