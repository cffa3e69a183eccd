//! The scene `two-nodes`: one SKU, served by one process and by two, in turns.

use crate::arguments::Arguments;
use crate::demand::Demand;
use crate::environment::Server;
use crate::fixture::{Contender, DAY, Fixture};
use crate::load::{self, clients_label};
use crate::results::{Results, Row};
use crate::sample::Sample;

const SCENE: &str = "two-nodes";
const CLIENTS: usize = 512;

pub(crate) async fn run(arguments: &Arguments, results: &mut Results) -> anyhow::Result<()> {
    let mut fixture = Fixture::start().await?;
    let other = Server::fairhold(&fixture.site.url(), &[]).await?;
    let units = arguments.seconds * arguments.rounds * 50_000;
    let mut contenders = Vec::new();
    for (who, prefix, servers) in [
        ("one node", "ONE", &[&fixture.fairhold][..]),
        ("two nodes", "TWO", &[&fixture.fairhold, &other][..]),
    ] {
        let demand = Demand::new(prefix, 1, 0.0);
        fixture.stock(&demand.skus, units, DAY).await?;
        contenders.push((who, Contender::new(servers, demand.reserves()), Vec::new()));
    }
    for _ in 0..arguments.rounds {
        for (_, contender, samples) in &mut contenders {
            let (addresses, requests) = (&contender.addresses, &contender.requests);
            let load = load::closed(addresses, CLIENTS, arguments.duration(), requests);
            samples.push(fixture.measure(contender, load).await?);
        }
    }
    let mut rates = Vec::new();
    for (who, _, samples) in contenders {
        let sample = Sample::median(&samples);
        rates.push(sample.requests_per_second);
        results.row(Row::new(SCENE, who, clients_label(CLIENTS), sample));
    }
    let ratio = rates[1] / rates[0];
    let what = format!("two nodes reach {ratio:.2} × one node, target 0.8");
    results.target(SCENE, what, ratio >= 0.8);
    other.end().await?;
    results.failures.extend(fixture.audit().await?);
    fixture.stop().await?;
    Ok(())
}
