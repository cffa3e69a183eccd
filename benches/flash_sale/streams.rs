//! The scene `streams`: one SKU in high demand, unwatched and watched by 2,000 streams, in turns; and how
//! long a change takes to appear.

use crate::arguments::Arguments;
use crate::client::Client;
use crate::demand::Demand;
use crate::environment::Server;
use crate::fixture::{Contender, DAY, Fixture};
use crate::load::{self, clients_label};
use crate::outcome::{millis, number};
use crate::resource_usage::resident_megabytes;
use crate::results::{Results, Row};
use crate::sample::Sample;
use crate::stream_readers::{Reader, StreamReaders, delays_after_responses, quantiles};

const SCENE: &str = "streams";
const CLIENTS: usize = 512;
const STREAMS: usize = 2_000;

/// Number of changes for the measurement of delays.
const CHANGES: u64 = 200;

pub(crate) async fn run(arguments: &Arguments, results: &mut Results) -> anyhow::Result<()> {
    let mut fixture = Fixture::start().await?;
    let demand = Demand::new("WATCHED", 1, 0.0);
    let sku = demand.skus[0].clone();
    let units = arguments.seconds * (arguments.rounds * 2 + 1) * 50_000;
    fixture.stock(&demand.skus, units, DAY).await?;
    delays(&fixture, results).await?;
    let contender = Contender::new(&[&fixture.fairhold], demand.reserves());
    let (addresses, requests) = (contender.addresses.clone(), contender.requests.clone());
    let pid = fixture.fairhold.pid;
    let load = || load::closed(&addresses, CLIENTS, arguments.duration(), &requests);
    // Runs the load once before memory is measured.
    load().await;
    let (mut unwatched, mut watched, mut grown) = (Vec::new(), Vec::new(), 0.0_f64);
    for _ in 0..arguments.rounds {
        unwatched.push(fixture.measure(&contender, load()).await?);
        let before = resident_megabytes(pid);
        let watchers = StreamReaders::open(addresses[0], &sku, STREAMS).await?;
        let opened = resident_megabytes(pid) - before;
        let events = watchers.seen.events();
        let sample = fixture.measure(&contender, load()).await?;
        grown = grown.max(resident_megabytes(pid) - before);
        let events = number(watchers.seen.events() - events);
        println!(
            "{:.0}/s unwatched, {:.0}/s watched; {STREAMS} streams opened with {opened:.0} MB, \
             {:.0} events, {} after their change",
            unwatched
                .last()
                .map_or(0.0, |sample| sample.requests_per_second),
            sample.requests_per_second,
            events,
            watchers.seen.ages(),
        );
        watched.push(sample);
    }
    judge(&unwatched, &watched, grown, results);
    results.failures.extend(fixture.audit().await?);
    fixture.stop().await
}

fn judge(unwatched: &[Sample], watched: &[Sample], grown: f64, results: &mut Results) {
    let rates = [("unwatched", unwatched), ("watched", watched)].map(|(who, samples)| {
        let sample = Sample::median(samples);
        let rate = sample.requests_per_second;
        results.row(Row::new(SCENE, who, clients_label(CLIENTS), sample));
        rate
    });
    let ratio = rates[1] / rates[0];
    let what = format!("{STREAMS} streams leave {ratio:.2} × the rate, target 0.9");
    results.target(SCENE, what, ratio >= 0.9);
    let what = format!("{STREAMS} streams use {grown:.0} MB, target 64");
    results.target(SCENE, what, grown < 64.0);
}

/// How long a change takes to appear on streams of the same process and of another one.
async fn delays(fixture: &Fixture, results: &mut Results) -> anyhow::Result<()> {
    let other = Server::fairhold(&fixture.site.url(), &[]).await?;
    let sku = "CALM".to_owned();
    fixture.stock(&[sku], 1_000_000, DAY).await?;
    let mut client = Client::connect(fixture.fairhold.address).await?;
    let mut version = 1;
    for (who, address) in [
        ("the same process", fixture.fairhold.address),
        ("another process", other.address),
    ] {
        let reader = Reader::open(address, "/live/inventory/CALM").await?;
        let change = async || {
            let body = "{\"sku\":\"CALM\",\"quantity\":1}";
            client.post("/inventory/restock", "", body).await?;
            Ok(())
        };
        let delays = delays_after_responses(reader, version, CHANGES, change).await?;
        let delay = quantiles(&delays);
        version += CHANGES;
        println!("{who} shows a change {delay} after its response");
        let what = format!("{who} shows a change {delay} after its response, target 250 ms");
        results.target(SCENE, what, millis(&delays, 0.99) <= 250.0);
    }
    other.end().await?;
    Ok(())
}
