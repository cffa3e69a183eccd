//! Random shops and what happens in them.

use fairhold_core::allocation::Limits;
use fairhold_core::idempotency::IdempotencyKey;
use fairhold_core::ids::{Quantity, Sku, UserId};
use fairhold_core::inventory::StockChange;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::world::{Opening, World};

/// What is asked, before ids are known.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Reserve(Sku, UserId, Quantity, Option<IdempotencyKey>),
    Confirm(Target),
    Cancel(Target),
    Restock(Sku, StockChange, Option<String>, Option<IdempotencyKey>),
    Expire(Sku),
    /// The same as earlier, word for word.
    Again(Index),
}

/// Which reservation is meant.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    Live(Index),
    Any(Index),
    Unknown(Sku),
}

/// How much time passes before a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pause {
    None,
    Seconds(i64),
    /// Until this many microseconds before or after the next hold is over.
    NextEnd(i64),
}

/// Commands that arrive together.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) pause: Pause,
    pub(crate) acts: Vec<Act>,
}

pub(crate) fn worlds(limits: impl Strategy<Value = Limits>) -> impl Strategy<Value = World> {
    ([opening(), opening()], limits).prop_map(|([first, second], limits)| {
        World::new(&[(sku("first"), first), (sku("second"), second)], limits)
    })
}

fn opening() -> impl Strategy<Value = Opening> {
    let limits = select(vec![None, None, Some(0), Some(2)]);
    let opening = (0..=6_i32, select(vec![5, 10, 33, 300]), limits);
    opening.prop_map(|(units, hold_seconds, waitlist_limit)| Opening {
        units,
        hold_seconds,
        waitlist_limit,
    })
}

pub(crate) fn ample() -> impl Strategy<Value = Limits> {
    let first_rows = select(vec![1, 2, 500]);
    first_rows.prop_map(|first_rows| Limits {
        first_rows,
        ..Limits::default()
    })
}

pub(crate) fn scarce() -> impl Strategy<Value = Limits> {
    let limits = (1..=2_u16, 1..=3_i64, 1..=2_i64);
    limits.prop_map(|(due, promotions, first_rows)| Limits {
        due,
        promotions,
        first_rows,
    })
}

pub(crate) fn batches(most: usize) -> impl Strategy<Value = Vec<Batch>> {
    let batch = (pause(), prop::collection::vec(act(), 1..=8));
    let batch = batch.prop_map(|(pause, acts)| Batch { pause, acts });
    prop::collection::vec(batch, 1..=most)
}

fn pause() -> impl Strategy<Value = Pause> {
    prop_oneof![
        4 => Just(Pause::None),
        3 => (1..20_i64).prop_map(Pause::Seconds),
        3 => (-1..=1_i64).prop_map(Pause::NextEnd),
        1 => Just(Pause::Seconds(700)),
        1 => (1..12_i64).prop_map(|days| Pause::Seconds(days * 86_400)),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let change = (-4..=4_i64).prop_filter_map("never 0", StockChange::new);
    let reason = prop::option::of(Just("delivery".to_owned()));
    let quantity = (1..=4_i64).prop_filter_map("in range", Quantity::new);
    prop_oneof![
        9 => (skus(), user(), quantity, key()).prop_map(|(s, u, q, k)| Act::Reserve(s, u, q, k)),
        3 => target().prop_map(Act::Confirm),
        4 => target().prop_map(Act::Cancel),
        3 => (skus(), change, reason, key()).prop_map(|(s, c, r, k)| Act::Restock(s, c, r, k)),
        1 => skus().prop_map(Act::Expire),
        2 => any::<Index>().prop_map(Act::Again),
    ]
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        8 => any::<Index>().prop_map(Target::Live),
        3 => any::<Index>().prop_map(Target::Any),
        1 => skus().prop_map(Target::Unknown),
    ]
}

fn skus() -> impl Strategy<Value = Sku> {
    prop_oneof![
        12 => Just(sku("first")),
        6 => Just(sku("second")),
        1 => Just(sku("unknown")),
    ]
}

fn user() -> impl Strategy<Value = UserId> {
    (1..=6).prop_map(|n| self::user_id(&format!("user-{n}")))
}

fn key() -> impl Strategy<Value = Option<IdempotencyKey>> {
    let key = (1..=4).prop_map(
        |n| match IdempotencyKey::parse(format!("key {n}").as_bytes()) {
            Ok(key) => key,
            Err(rule) => panic!("{rule}"),
        },
    );
    prop::option::weighted(0.3, key)
}

pub(crate) fn sku(name: &str) -> Sku {
    Sku::parse(name).unwrap_or_else(|rule| panic!("{rule}"))
}

pub(crate) fn user_id(name: &str) -> UserId {
    UserId::parse(name).unwrap_or_else(|rule| panic!("{rule}"))
}
