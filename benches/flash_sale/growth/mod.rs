//! The scene `growth`: latency of each call for a single client, with small and with large tables, in turns.

mod alternate;
mod skus;
mod users;
mod waiters;

use crate::arguments::Arguments;
use crate::fixture::Fixture;
use crate::latency_pair::LatencyPair;
use crate::results::Results;

const SCENE: &str = "growth";

/// Target for the ratio of latencies.
const MAX_RATIO: f64 = 1.5;

pub(crate) async fn run(arguments: &Arguments, results: &mut Results) -> anyhow::Result<()> {
    let mut fixture = Fixture::start().await?;
    let parts = [
        waiters::run(&mut fixture).await?,
        users::run(&fixture.site, arguments.old / 5).await?,
        skus::run(&fixture.site).await?,
    ];
    fixture.stop().await?;
    for (pairs, failures) in parts {
        for pair in pairs {
            judge(&pair, results);
            results.growth.push(pair);
        }
        results.failures.extend(failures);
    }
    Ok(())
}

fn judge(pair: &LatencyPair, results: &mut Results) {
    let LatencyPair {
        what,
        small,
        large,
        ratio,
    } = pair;
    let (small, large) = (&small.contents, &large.contents);
    let what = format!("{what}, {large}: {ratio:.2} × as long as with {small}, target {MAX_RATIO}");
    results.target(SCENE, what, *ratio <= MAX_RATIO);
}
