//! The flash sale: how fast one hot SKU is served, beside the plain way, the ceiling and the bulk.
//!
//! `cargo bench --bench flash_sale [-- SCENE … --seconds N --rounds N]`
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark reports on stdout and stops when something is wrong"
)]

mod aged;
mod bars;
mod books;
mod bulk;
mod client;
mod contest;
mod crowd;
mod findings;
mod growth;
mod keyed;
mod line;
mod load;
mod outcome;
mod overload;
mod past;
mod plain;
mod report;
mod rivals;
mod sale;
mod sample;
mod site;
mod stage;
mod storm;
mod streams;
mod svg;
mod table;
mod tally;
mod two_nodes;
mod usage;
mod watchers;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::contest::Contest;
use crate::findings::Findings;

/// How fast Fairhold serves a flash sale, measured beside its rivals and its limits.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The scenes to play [default: all]
    scenes: Vec<Scene>,

    /// Seconds of each measurement
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,

    /// Rounds, in which the measurements take turns
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=100))]
    rounds: u64,

    /// Old reservations in the scene `aged`; a fifth of them in `growth`
    #[arg(long, default_value_t = 5_000_000, value_parser = clap::value_parser!(u64).range(5_000..=100_000_000))]
    old: u64,

    /// Serves a rival instead; for the benchmark's own use
    #[arg(long, hide = true)]
    serve: Option<String>,

    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

impl Arguments {
    fn length(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scene {
    /// One SKU that everybody wants
    Hot,
    /// 1,000 SKUs, all alike
    Spread,
    /// 10,000 SKUs by the law of Zipf
    Zipf,
    /// One SKU, served by two processes
    TwoNodes,
    /// One SKU that everybody wants, for whoever comes and for an API key
    Keyed,
    /// 1,000 units for 100,000 shoppers, to the last one sold
    Sale,
    /// Twice the rate that can be served
    Overload,
    /// 50,000 holds that end at the same instant
    Storm,
    /// One SKU that everybody wants, watched by 2,000 streams
    Streams,
    /// One SKU that everybody wants, after 5,000,000 old reservations
    Aged,
    /// What a call costs with little in the tables, and with much
    Growth,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(name) = &arguments.serve {
        rivals::serve(name, &std::env::var("DATABASE_URL")?).await?;
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
    let mut findings = Findings::default();
    for scene in scenes {
        println!("{scene:?}");
        play(*scene, &arguments, &mut findings).await?;
    }
    report::print(&findings);
    report::write(&findings)?;
    Ok(if findings.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn play(scene: Scene, arguments: &Arguments, findings: &mut Findings) -> anyhow::Result<()> {
    let contest = match scene {
        Scene::Hot => Contest {
            scene: "hot",
            skus: 1,
            skew: 0.0,
            clients: &[1, 64, 512],
            limits: true,
        },
        Scene::Spread => Contest {
            scene: "spread",
            skus: 1_000,
            skew: 0.0,
            clients: &[512],
            limits: false,
        },
        Scene::Zipf => Contest {
            scene: "zipf",
            skus: 10_000,
            skew: 1.0,
            clients: &[512],
            limits: false,
        },
        Scene::TwoNodes => return two_nodes::play(arguments, findings).await,
        Scene::Keyed => return keyed::play(arguments, findings).await,
        Scene::Sale => return sale::play(findings).await,
        Scene::Overload => return overload::play(arguments, findings).await,
        Scene::Storm => return storm::play(findings).await,
        Scene::Streams => return streams::play(arguments, findings).await,
        Scene::Aged => return aged::play(arguments, findings).await,
        Scene::Growth => return growth::play(arguments, findings).await,
    };
    contest.play(arguments, findings).await?;
    bars::judge(contest.scene, findings);
    Ok(())
}
