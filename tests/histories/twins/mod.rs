//! The checker by itself: each good history is accepted, and its bad twin is not.

mod effects;
mod expiry;
mod knowledge;
mod line;

use fairhold_test_kit::{
    history::Answer, history::History, history::Status, history::by_hand::cancel,
    history::by_hand::reserve, history::by_hand::stock, history::by_hand::told,
};

/// Two users ask for the only unit at the same time; `b` was made one second later.
fn rivals() -> History {
    stock(1).made("a", 1).held("a", 1, 301).made("b", 2).call(
        0,
        10,
        reserve("a"),
        told(201, "a", None),
    )
}

/// `b` and `c` wait for `a`, who gives up in second 4.
fn line_of_two() -> History {
    rivals()
        .made("c", 3)
        .ended("a", 4)
        .call(11, 20, reserve("b"), told(202, "b", Some(1)))
        .call(21, 30, reserve("c"), told(202, "c", Some(2)))
        .call(31, 40, cancel("a"), Answer::Is(Status::Cancelled))
}
