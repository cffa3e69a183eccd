//! The scene `starve`: whether others get their turn beside one row, user or SKU that takes long.
//!
//! Every bar holds on a quiet machine, and a miss fails the run.

mod behavior;
mod blocked_head;
mod checkout;
mod holds;
mod locked_row;
mod promotion;
mod reads;
mod scene;
mod sweep;

use clap::ValueEnum;

use crate::arguments::{Arguments, StarvePart};
use crate::results::Results;
use scene::SCENE;

pub(crate) async fn run(arguments: &Arguments, results: &mut Results) -> anyhow::Result<()> {
    let parts = match arguments.parts.as_slice() {
        [] => StarvePart::value_variants(),
        chosen => chosen,
    };
    for part in parts {
        println!("{SCENE}: {part:?}");
        match part {
            StarvePart::LockedRow => locked_row::run(results).await?,
            StarvePart::Sweep => sweep::run(results).await?,
            StarvePart::Behavior => behavior::run(results).await?,
            StarvePart::Checkout => checkout::run(results).await?,
            StarvePart::Promotion => promotion::run(results).await?,
            StarvePart::BlockedHead => blocked_head::run(results).await?,
            StarvePart::Reads => reads::run(results).await?,
        }
    }
    Ok(())
}
