//! Calls the small and the large deployment in turns, so that noise affects both alike.

use std::time::Duration;

use crate::latency_pair::{LatencyPair, Side};

/// Measured turns of each.
const TURNS: usize = 300;

/// Unmeasured turns before, in which connections prepare their statements.
const WARM_UP: usize = 50;

/// What a part of the scene measured, and what its audits found wrong.
pub(super) type PartResult = (Vec<LatencyPair>, Vec<String>);

/// Makes the same calls in each turn, and leaves the size of the tables unchanged.
pub(super) trait Caller<const CALLS: usize> {
    /// Returns the latency of each call.
    async fn turn(&mut self) -> anyhow::Result<[Duration; CALLS]>;
}

/// Alternates between two callers, each with a description of its tables.
pub(super) async fn compare<const CALLS: usize>(
    calls: [&'static str; CALLS],
    (little, small): (&str, &mut impl Caller<CALLS>),
    (much, large): (&str, &mut impl Caller<CALLS>),
) -> anyhow::Result<Vec<LatencyPair>> {
    let (mut few, mut many) = (Vec::new(), Vec::new());
    for turn in 0..WARM_UP + TURNS {
        let (with_little, with_much) = (small.turn().await?, large.turn().await?);
        if turn >= WARM_UP {
            few.push(with_little);
            many.push(with_much);
        }
    }
    let side = |of: &str, turns: &[[Duration; CALLS]], call: usize| {
        Side::new(of, turns.iter().map(|turn| turn[call]).collect())
    };
    let latencies = calls.into_iter().enumerate().map(|(call, what)| {
        let (small, large) = (side(little, &few, call), side(much, &many, call));
        LatencyPair::new(what, small, large)
    });
    Ok(latencies.collect())
}
