//! The command line of the benchmark.

use std::time::Duration;

use clap::{Parser, ValueEnum};

/// How fast Fairhold serves a flash sale, measured beside its rivals and its limits.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The scenes to play [default: all]
    pub(crate) scenes: Vec<Scene>,

    /// Seconds of each measurement
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) seconds: u64,

    /// Rounds, in which the measurements take turns
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=100))]
    pub(crate) rounds: u64,

    /// Old reservations in the scene `aged`; a fifth of them in `growth`
    #[arg(long, default_value_t = 5_000_000, value_parser = clap::value_parser!(u64).range(5_000..=100_000_000))]
    pub(crate) old: u64,

    /// Serves a rival instead; for the benchmark's own use
    #[arg(long, hide = true)]
    pub(crate) serve: Option<String>,

    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}

impl Arguments {
    pub(crate) fn length(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scene {
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
