//! Command-line arguments.

use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Measures Fairhold in flash sales, next to baselines and to what the hardware allows
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Scenes to run [default: all]
    pub(crate) scenes: Vec<Scene>,

    /// Seconds per measurement
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) seconds: u64,

    /// Rounds; in each, the contenders take turns
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=100))]
    pub(crate) rounds: u64,

    /// Old reservations in the scene `aged`; `growth` has a fifth of them
    #[arg(long, default_value_t = 5_000_000, value_parser = clap::value_parser!(u64).range(5_000..=100_000_000))]
    pub(crate) old: u64,

    /// Parts of the scene `starve` [default: all]
    #[arg(long = "part")]
    pub(crate) parts: Vec<StarvePart>,

    /// Serve a baseline instead; used by the benchmark itself
    #[arg(long, hide = true)]
    pub(crate) serve: Option<String>,

    /// Added by `cargo bench`
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}

impl Arguments {
    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scene {
    /// One SKU in high demand
    Hot,
    /// 1,000 SKUs with equal demand
    Spread,
    /// 10,000 SKUs whose demand follows Zipf's law
    Zipf,
    /// One SKU, served by two processes
    TwoNodes,
    /// One SKU in high demand, without and with an API key
    Keyed,
    /// 1,000 units and 100,000 shoppers, until everything is sold
    Sale,
    /// Twice the maximum rate
    Overload,
    /// 50,000 holds that expire at the same time
    Storm,
    /// One SKU in high demand, watched by 2,000 streams
    Streams,
    /// One SKU in high demand, after 5,000,000 old reservations
    Aged,
    /// Latency of each call with small and with large tables
    Growth,
    /// Others' turns beside one row, user or SKU that takes long
    Starve,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StarvePart {
    /// Another session keeps the row of a SKU locked
    LockedRow,
    /// Many holds are due at once
    Sweep,
    /// A user's holds ended on very many SKUs
    Behavior,
    /// Shoppers confirm while newcomers keep the lane full
    Checkout,
    /// A delivery serves a waitlist of 300,000
    Promotion,
    /// A reservation that does not fit waits beside thousands of free units
    BlockedHead,
    /// Readers ask for heavy pages while shoppers confirm
    Reads,
}
