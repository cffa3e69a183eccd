//! The checker by itself: each good history is accepted, and its bad twin is not.

use crate::hand::{SECOND, cancel, confirm, counted, keyed, refused, reserve, stock, told};
use crate::history::{Answer, Ask, Counters, Facts, History, Status};
use crate::search::{check, check_within};

/// Two users ask for the only unit at the same time; `b` was made one second later.
fn rivals() -> History {
    stock(1).made("a", 1).held("a", 1, 301).made("b", 2).call(
        0,
        10,
        reserve("a"),
        told(201, "a", None),
    )
}

#[test]
fn a_lock_that_was_left_out_is_seen() {
    rivals()
        .call(0, 10, reserve("b"), told(202, "b", Some(1)))
        .listed([("a", Status::Reserved), ("b", Status::Waitlisted)])
        .is_good();
    rivals()
        .held("b", 2, 302)
        .call(0, 10, reserve("b"), told(201, "b", None))
        .listed([("a", Status::Reserved), ("b", Status::Reserved)])
        .is_bad();
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

#[test]
fn a_waiter_who_was_overtaken_is_seen() {
    let a = ("a", Status::Cancelled);
    line_of_two()
        .held("b", 4, 604)
        .listed([a, ("b", Status::Reserved), ("c", Status::Waitlisted)])
        .is_good();
    line_of_two()
        .held("c", 4, 604)
        .listed([a, ("b", Status::Waitlisted), ("c", Status::Reserved)])
        .is_bad();
}

#[test]
fn a_newcomer_who_passed_the_line_is_seen() {
    let a = ("a", Status::Cancelled);
    let newcomer = || line_of_two().made("d", 5).held("b", 4, 604);
    newcomer()
        .call(41, 50, reserve("d"), told(202, "d", Some(2)))
        .listed([
            a,
            ("b", Status::Reserved),
            ("c", Status::Waitlisted),
            ("d", Status::Waitlisted),
        ])
        .is_good();
    newcomer()
        .held("d", 5, 305)
        .call(41, 50, reserve("d"), told(201, "d", None))
        .listed([
            a,
            ("b", Status::Reserved),
            ("c", Status::Waitlisted),
            ("d", Status::Reserved),
        ])
        .is_bad();
}

#[test]
fn a_promotion_that_was_forgotten_is_seen() {
    let a = ("a", Status::Cancelled);
    line_of_two()
        .held("b", 4, 604)
        .call(41, 50, Ask::Stock, counted(0, 1, 0, 1))
        .listed([a, ("b", Status::Reserved), ("c", Status::Waitlisted)])
        .is_good();
    line_of_two()
        .call(41, 50, Ask::Stock, counted(1, 0, 0, 2))
        .listed([a, ("b", Status::Waitlisted), ("c", Status::Waitlisted)])
        .is_bad();
}

#[test]
fn a_promotion_that_came_later_than_the_stock_is_seen() {
    line_of_two()
        .held("b", 5, 605)
        .listed([
            ("a", Status::Cancelled),
            ("b", Status::Reserved),
            ("c", Status::Waitlisted),
        ])
        .is_bad();
}

#[test]
fn a_key_that_was_applied_twice_is_seen() {
    let first = || {
        stock(2)
            .made("a", 1)
            .held("a", 1, 301)
            .ended("a", 2)
            .call(0, 10, keyed("a", "k"), told(201, "a", None))
            .call(11, 20, cancel("a"), Answer::Is(Status::Cancelled))
    };
    let again = Answer::Reserved {
        status: 201,
        id: "a".to_owned(),
        position: None,
        replayed: true,
    };
    first()
        .call(21, 30, keyed("a", "k"), again)
        .listed([("a", Status::Cancelled)])
        .is_good();
    let mut twice = first().made("b", 3).held("b", 3, 303);
    twice
        .facts
        .entry("b".to_owned())
        .and_modify(|f| f.user = "a".to_owned());
    twice
        .call(21, 30, keyed("a", "k"), told(201, "b", None))
        .listed([("a", Status::Cancelled), ("b", Status::Reserved)])
        .is_bad();
}

#[test]
fn a_restock_that_counted_twice_is_seen() {
    let refill = || Ask::Restock {
        units: 5,
        key: Some("k".to_owned()),
    };
    let delivered = || {
        let mut history = stock(1).call(0, 10, refill(), Answer::Unknown);
        history.learn_restock(20, Some(&"k".to_owned()), 2 * SECOND);
        let counters = Counters {
            available: 6,
            reserved: 0,
            sold: 0,
            total: 6,
            waiting: 0,
        };
        let replayed = Answer::Restocked {
            counters,
            promoted: 0,
            replayed: true,
        };
        history.call(20, 30, refill(), replayed)
    };
    delivered()
        .call(31, 40, Ask::Stock, counted(6, 0, 0, 0))
        .listed([])
        .is_good();
    delivered()
        .call(31, 40, Ask::Stock, counted(11, 0, 0, 0))
        .listed([])
        .is_bad();
}

#[test]
fn a_late_confirm_is_seen() {
    let hold = || {
        stock(1)
            .made("a", 1)
            .held("a", 1, 6)
            .call(0, 10, reserve("a"), told(201, "a", None))
    };
    hold()
        .ended("a", 5)
        .call(11, 20, confirm("a"), Answer::Is(Status::Confirmed))
        .listed([("a", Status::Confirmed)])
        .is_good();
    hold()
        .ended("a", 6)
        .call(11, 20, confirm("a"), Answer::Is(Status::Confirmed))
        .listed([("a", Status::Confirmed)])
        .is_bad();
    hold()
        .call(11, 20, confirm("a"), refused("reservation-expired"))
        .listed([("a", Status::Expired)])
        .is_good();
    hold()
        .ended("a", 5)
        .call(11, 20, confirm("a"), refused("reservation-expired"))
        .call(21, 30, confirm("a"), Answer::Is(Status::Confirmed))
        .listed([("a", Status::Confirmed)])
        .is_bad();
}

#[test]
fn stock_of_a_hold_that_ran_out_must_go_to_the_line() {
    let waits = || {
        stock(1)
            .made("a", 1)
            .held("a", 1, 6)
            .made("b", 2)
            .call(0, 10, reserve("a"), told(201, "a", None))
            .call(11, 20, reserve("b"), told(202, "b", Some(1)))
    };
    let listed = |last| [("a", Status::Expired), ("b", last)];
    waits()
        .held("b", 7, 607)
        .listed(listed(Status::Reserved))
        .is_good();
    waits()
        .held("b", 5, 605)
        .listed(listed(Status::Reserved))
        .is_bad();
    waits()
        .call(21, 30, confirm("a"), refused("reservation-expired"))
        .listed(listed(Status::Waitlisted))
        .is_bad();
}

#[test]
fn an_acknowledged_reservation_that_is_gone_is_seen() {
    rivals()
        .call(11, 20, reserve("b"), refused("sold-out"))
        .is_bad();
    let mut alone = rivals();
    alone.facts.remove("b");
    alone.clone().listed([("a", Status::Reserved)]).is_good();
    alone.listed([]).is_bad();
}

#[test]
fn an_unknown_call_may_have_taken_effect_late_or_never() {
    let unknown = || stock(1).call(0, 10, reserve("a"), Answer::Unknown);
    let first = |history: History| {
        history
            .made("b", 2)
            .held("b", 2, 302)
            .call(11, 20, reserve("b"), told(201, "b", None))
    };
    first(unknown()).listed([("b", Status::Reserved)]).is_good();
    first(unknown())
        .made("a", 3)
        .listed([("a", Status::Waitlisted), ("b", Status::Reserved)])
        .is_good();
    first(unknown())
        .made("a", 1)
        .held("a", 1, 301)
        .listed([("a", Status::Reserved), ("b", Status::Reserved)])
        .is_bad();
}

#[test]
fn real_time_counts_even_where_an_order_would_be_found() {
    let sale = |begun, ended| {
        rivals()
            .ended("a", 2)
            .made("b", 3)
            .held("b", 3, 303)
            .call(begun, ended, Ask::Stock, counted(0, 1, 0, 0))
            .call(11, 20, cancel("a"), Answer::Is(Status::Cancelled))
            .call(21, 30, reserve("b"), told(201, "b", None))
            .listed([("a", Status::Cancelled), ("b", Status::Reserved)])
    };
    sale(5, 19).is_good();
    sale(20, 21).is_good();
    let mut late = sale(12, 20);
    late.calls.retain(|call| call.ask != Ask::Stock);
    late.call(21, 29, Ask::Stock, counted(1, 0, 0, 0)).is_good();
    let mut outdated = sale(12, 20);
    outdated.calls.retain(|call| call.ask != Ask::Stock);
    outdated
        .call(31, 40, Ask::Stock, counted(1, 0, 0, 0))
        .is_bad();
}

#[test]
fn answers_that_contradict_each_other_are_seen() {
    let mut history = rivals();
    let told = history.facts["a"].clone();
    history.learn("a", told.clone());
    assert_eq!(history.breaches, []);
    let hold = Some((SECOND, 400 * SECOND));
    history.learn("a", Facts { hold, ..told });
    let breach = check(&history).expect_err("two ends of one hold");
    assert!(breach.0.contains("was told as"), "{breach:?}");
}

#[test]
fn a_search_without_a_budget_fails_loudly() {
    let good = line_of_two().held("b", 4, 604).listed([
        ("a", Status::Cancelled),
        ("b", Status::Reserved),
        ("c", Status::Waitlisted),
    ]);
    let breach = check_within(&good, 2).expect_err("it can't know");
    assert!(breach.0.contains("budget"), "{breach:?}");
}
