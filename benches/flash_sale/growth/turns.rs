//! Little and much, called in turns, so that noise hits both alike.

use std::time::Duration;

use super::figure::{Growth, Side};

/// How many turns each of the two has.
const TURNS: usize = 300;

/// How many more before, in which connections learn their statements.
const WARM_UP: usize = 50;

/// Somebody who makes the same calls in each turn, and leaves behind as much as there was.
pub(super) trait Caller<const CALLS: usize> {
    /// How long each call took.
    async fn turn(&mut self) -> anyhow::Result<[Duration; CALLS]>;
}

/// Gives turns to two callers, each with how much of what there is for it.
pub(super) async fn compare<const CALLS: usize>(
    calls: [&'static str; CALLS],
    (little, small): (&str, &mut impl Caller<CALLS>),
    (much, large): (&str, &mut impl Caller<CALLS>),
) -> anyhow::Result<Vec<Growth>> {
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
    let figures = calls.into_iter().enumerate().map(|(call, what)| {
        let (small, large) = (side(little, &few, call), side(much, &many, call));
        Growth::new(what, small, large)
    });
    Ok(figures.collect())
}
