//! Effects that come twice, too late, or not at all.

use fairhold_test_kit::{
    history::Answer, history::Ask, history::Counters, history::Status, history::by_hand::SECOND,
    history::by_hand::cancel, history::by_hand::counted, history::by_hand::keyed,
    history::by_hand::refused, history::by_hand::reserve, history::by_hand::stock,
    history::by_hand::told,
};

use super::rivals;

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
fn an_acknowledged_reservation_that_is_gone_is_seen() {
    rivals()
        .call(11, 20, reserve("b"), refused("sold-out"))
        .is_bad();
    let mut alone = rivals();
    alone.facts.remove("b");
    alone.clone().listed([("a", Status::Reserved)]).is_good();
    alone.listed([]).is_bad();
}
