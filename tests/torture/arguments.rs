//! What the program is asked for.

use std::time::Duration;

use clap::Parser;

use crate::tally::say;

/// Torments several Fairholds on one database, and judges what their clients were told.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// How long; a round that has begun is played to its end
    #[arg(long, default_value_t = 12)]
    pub(crate) seconds: u64,

    /// Chooses what is done, and to whom
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,

    /// How soon the service must be back after each fault, in seconds
    #[arg(long, default_value_t = 20)]
    pub(crate) back_within: u64,

    /// How soon after its end the stock of a hold must be offered on, while nothing is broken, in
    /// seconds
    #[arg(long, default_value_t = 5)]
    pub(crate) offered_within: u32,

    /// Goes on until each kind of fault was there, however long that takes
    #[arg(long)]
    pub(crate) every_fault: bool,

    /// `cargo test NAME` names what to run
    #[arg(hide = true)]
    filters: Vec<String>,

    #[command(flatten)]
    harness: Harness,
}

/// What `cargo test -- …` tells all test programs.
#[derive(Debug, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the flags of another program"
)]
struct Harness {
    #[arg(long, hide = true)]
    list: bool,
    #[arg(long, hide = true)]
    ignored: bool,
    #[arg(long, hide = true)]
    include_ignored: bool,
    #[arg(long, hide = true)]
    exact: bool,
    #[arg(long, hide = true, alias = "no-capture")]
    nocapture: bool,
    #[arg(long, hide = true)]
    show_output: bool,
    #[arg(long, short, hide = true)]
    quiet: bool,
    #[arg(long, hide = true)]
    test_threads: Option<usize>,
    #[arg(long, hide = true)]
    format: Option<String>,
    #[arg(long, hide = true)]
    color: Option<String>,
    #[arg(long, hide = true)]
    skip: Vec<String>,
}

const NAME: &str = "torture";

impl Arguments {
    /// `None` when there is nothing to run.
    pub(crate) fn read() -> Option<Self> {
        let arguments = Self::parse();
        let Harness {
            list,
            ignored,
            ref skip,
            ..
        } = arguments.harness;
        if list && !ignored {
            say(&format!("{NAME}: test"));
        }
        let filters = &arguments.filters;
        let asked_for = filters.is_empty() || filters.iter().any(|part| NAME.contains(part));
        let skipped = skip.iter().any(|part| NAME.contains(part));
        (asked_for && !skipped && !list && !ignored).then_some(arguments)
    }

    pub(crate) fn back_within(&self) -> Duration {
        Duration::from_secs(self.back_within)
    }

    pub(crate) fn offered_within(&self) -> Duration {
        Duration::from_secs(self.offered_within.into())
    }
}
