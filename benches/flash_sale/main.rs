//! The flash sale: how fast one hot SKU is served, beside the plain way, the ceiling and the bulk.
//!
//! `cargo bench --bench flash_sale [-- SCENE … --seconds N --rounds N]`
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark reports on stdout and stops when something is wrong"
)]

mod aged;
mod arguments;
mod ask;
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

use clap::{Parser, ValueEnum};

use crate::arguments::{Arguments, Scene};
use crate::contest::Contest;
use crate::findings::Findings;

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
