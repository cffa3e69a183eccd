//! Benchmark: flash sales on Fairhold, next to baselines and to what the hardware allows.
//!
//! `cargo bench --bench flash_sale [-- SCENE … --seconds N --rounds N]`
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark reports on stdout and stops at the first error"
)]

mod aged;
mod arguments;
mod baselines;
mod bulk;
mod client;
mod comparison;
mod demand;
mod deployment;
mod environment;
mod fixture;
mod growth;
mod history;
mod keyed;
mod latency_pair;
mod load;
mod outcome;
mod overload;
mod report;
mod requests;
mod reserve_request;
mod resource_usage;
mod results;
mod row_lock;
mod sale;
mod sample;
mod sharded_outcome;
mod shop_client;
mod starve;
mod storm;
mod stream_readers;
mod streams;
mod svg;
mod table;
mod targets;
mod two_nodes;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use crate::arguments::{Arguments, Scene};
use crate::comparison::Comparison;
use crate::results::Results;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(name) = &arguments.serve {
        baselines::serve(name, &std::env::var("DATABASE_URL")?).await?;
        return Ok(ExitCode::SUCCESS);
    }
    if !arguments.bench {
        println!("This is a benchmark: cargo bench --bench flash_sale");
        return Ok(ExitCode::SUCCESS);
    }
    let scenes = match arguments.scenes.as_slice() {
        [] => Scene::value_variants(),
        chosen => chosen,
    };
    let mut results = Results::default();
    for scene in scenes {
        println!("{scene:?}");
        run(*scene, &arguments, &mut results).await?;
    }
    report::print(&results);
    report::write(&results)?;
    Ok(if results.failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn run(scene: Scene, arguments: &Arguments, results: &mut Results) -> anyhow::Result<()> {
    let contest = match scene {
        Scene::Hot => Comparison {
            scene: "hot",
            skus: 1,
            skew: 0.0,
            clients: &[1, 64, 512],
            limits: true,
        },
        Scene::Spread => Comparison {
            scene: "spread",
            skus: 1_000,
            skew: 0.0,
            clients: &[512],
            limits: false,
        },
        Scene::Zipf => Comparison {
            scene: "zipf",
            skus: 10_000,
            skew: 1.0,
            clients: &[512],
            limits: false,
        },
        Scene::TwoNodes => return two_nodes::run(arguments, results).await,
        Scene::Keyed => return keyed::run(arguments, results).await,
        Scene::Sale => return sale::run(results).await,
        Scene::Overload => return overload::run(arguments, results).await,
        Scene::Storm => return storm::run(results).await,
        Scene::Streams => return streams::run(arguments, results).await,
        Scene::Aged => return aged::run(arguments, results).await,
        Scene::Growth => return growth::run(arguments, results).await,
        Scene::Starve => return starve::run(arguments, results).await,
    };
    contest.run(arguments, results).await?;
    targets::judge(contest.scene, results);
    Ok(())
}
