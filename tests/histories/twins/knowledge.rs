//! What is unknown, what time tells, and what the search can tell.

use fairhold_test_kit::{
    history::Answer, history::Ask, history::Facts, history::History, history::Status,
    history::by_hand::SECOND, history::by_hand::cancel, history::by_hand::counted,
    history::by_hand::reserve, history::by_hand::stock, history::by_hand::told, history::check,
    history::check_within,
};

use super::{line_of_two, rivals};

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
