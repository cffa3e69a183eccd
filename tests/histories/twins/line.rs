//! Locks, lines and promotions.

use fairhold_test_kit::{
    history::Ask, history::Status, history::by_hand::counted, history::by_hand::reserve,
    history::by_hand::told,
};

use super::{line_of_two, rivals};

#[test]
fn a_lock_that_was_left_out_is_seen() {
    rivals()
        .call(0, 20, reserve("b"), told(202, "b", Some(1)))
        .listed([("a", Status::Reserved), ("b", Status::Waitlisted)])
        .is_good();
    rivals()
        .held("b", 2, 302)
        .call(0, 20, reserve("b"), told(201, "b", None))
        .listed([("a", Status::Reserved), ("b", Status::Reserved)])
        .is_bad();
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
