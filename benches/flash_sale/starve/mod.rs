//! The scene `starve`: whether others get their turn beside one row, user or SKU that takes long.
//!
//! Every bar holds on a quiet machine, and a miss fails the run.

mod locked_row;

use clap::ValueEnum;

use crate::arguments::Arguments;
use crate::results::Results;

const SCENE: &str = "starve";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Another session keeps the row of a SKU locked
    LockedRow,
}

pub(crate) async fn run(arguments: &Arguments, results: &mut Results) -> anyhow::Result<()> {
    let parts = match arguments.parts.as_slice() {
        [] => Part::value_variants(),
        chosen => chosen,
    };
    for part in parts {
        println!("{SCENE}: {part:?}");
        match part {
            Part::LockedRow => locked_row::run(results).await?,
        }
    }
    Ok(())
}
