//! Ends of holds: not too early, not too late, and the stock goes on in time.

use fairhold_test_kit::{
    history::Answer, history::Ask, history::History, history::Status, history::by_hand::confirm,
    history::by_hand::counted, history::by_hand::keyed, history::by_hand::refused,
    history::by_hand::reserve, history::by_hand::stock, history::by_hand::told,
};

/// `a` holds the only unit until second 6.
fn hold() -> History {
    stock(1)
        .made("a", 1)
        .held("a", 1, 6)
        .call(0, 10, reserve("a"), told(201, "a", None))
}

/// And `b` waits.
fn waits() -> History {
    hold()
        .made("b", 2)
        .call(11, 20, reserve("b"), told(202, "b", Some(1)))
}

#[test]
fn a_late_confirm_is_seen() {
    let confirmed = |history: History, begun, ended| {
        history
            .call(begun, ended, confirm("a"), Answer::Is(Status::Confirmed))
            .listed([("a", Status::Confirmed)])
    };
    confirmed(hold().ended("a", 5), 45, 50).is_good();
    confirmed(hold().ended("a", 6), 55, 60).is_bad();
    let refused = hold()
        .ended("a", 5)
        .call(31, 39, confirm("a"), refused("reservation-expired"));
    confirmed(refused, 45, 50).is_bad();
}

#[test]
fn a_confirm_that_was_sent_late_and_stamped_early_is_seen() {
    let confirmed = |begun, ended| {
        hold()
            .ended("a", 5)
            .call(begun, ended, confirm("a"), Answer::Is(Status::Confirmed))
            .listed([("a", Status::Confirmed)])
    };
    confirmed(49, 80).is_good();
    confirmed(70, 80).is_bad();
    confirmed(30, 40).is_bad();
}

#[test]
fn a_confirm_that_was_refused_as_late_too_early_is_seen() {
    let too_late = |begun, ended| {
        hold()
            .call(begun, ended, confirm("a"), refused("reservation-expired"))
            .listed([("a", Status::Expired)])
    };
    too_late(55, 60).is_good();
    too_late(61, 70).is_good();
    too_late(11, 20).is_bad();
    too_late(50, 59).is_bad();
}

#[test]
fn an_unknown_confirm_was_not_carried_out_before_it_was_sent() {
    let told_later = |begun| {
        hold()
            .ended("a", 5)
            .call(begun, begun + 1, confirm("a"), Answer::Unknown)
            .listed([("a", Status::Confirmed)])
    };
    told_later(20).is_good();
    told_later(52).is_bad();
}

#[test]
fn stock_of_a_hold_that_ran_out_must_go_to_the_line() {
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
        .call(61, 70, confirm("a"), refused("reservation-expired"))
        .listed(listed(Status::Waitlisted))
        .is_bad();
}

#[test]
fn stock_that_was_offered_on_long_after_the_end_is_seen() {
    let promoted = |history: History, at| {
        history
            .held("b", at, at + 600)
            .listed([("a", Status::Expired), ("b", Status::Reserved)])
    };
    promoted(waits(), 7).is_good();
    promoted(waits(), 8).is_bad();
    promoted(waits(), 60).is_bad();
    // Whoever is away can't offer anything on, and has a second when they are back.
    promoted(waits().outage(5, 9), 10).is_good();
    promoted(waits().outage(5, 9), 11).is_bad();
    promoted(waits().outage(7, 9).outage(10, 12), 13).is_good();
    promoted(waits().outage(8, 9), 10).is_bad();
}

#[test]
fn a_promotion_by_the_next_command_comes_as_late() {
    let next = |at: i64| {
        waits()
            .held("b", at, at + 600)
            .made("c", at)
            .call(at * 10 - 5, at * 10, reserve("c"), told(202, "c", Some(1)))
            .listed([
                ("a", Status::Expired),
                ("b", Status::Reserved),
                ("c", Status::Waitlisted),
            ])
    };
    next(7).is_good();
    next(8).is_bad();
}

#[test]
fn stock_that_stays_taken_long_after_the_end_is_seen() {
    let taken = |begun| hold().call(begun, begun + 1, Ask::Stock, counted(0, 1, 0, 0));
    taken(50).is_good();
    // The counters may show a hold for a second after its end.
    taken(65).is_good();
    taken(80).is_bad();
    let free = |begun| hold().call(begun, begun + 1, Ask::Stock, counted(1, 0, 0, 0));
    free(50).is_bad();
    free(60).is_good();
}

#[test]
fn a_refusal_for_the_sake_of_a_hold_that_is_over_is_seen() {
    let sold_out = |begun| {
        let mut history = hold();
        history.waitlist_limit = Some(0);
        history.call(begun, begun + 1, reserve("b"), refused("sold-out"))
    };
    sold_out(50).is_good();
    sold_out(61).is_bad();
    sold_out(80).is_bad();
}

#[test]
fn a_hold_that_reads_as_good_after_its_end_is_seen() {
    let reads = |begun, is| {
        let ask = Ask::Status("a".to_owned());
        hold().call(begun, begun + 1, ask, Answer::Is(is))
    };
    reads(50, Status::Reserved).is_good();
    reads(61, Status::Reserved).is_bad();
    reads(61, Status::Expired).is_good();
    reads(50, Status::Expired).is_bad();
}

#[test]
fn a_call_just_before_the_end_of_a_hold_explains_itself_beside_a_look_just_after() {
    stock(1)
        .made("a", 1)
        .held("a", 1, 6)
        .call(0, 20, reserve("a"), told(201, "a", None))
        .call(55, 75, keyed("a", "key"), told(200, "a", None))
        .call(
            61,
            80,
            Ask::Status("a".to_owned()),
            Answer::Is(Status::Expired),
        )
        .listed([("a", Status::Expired)])
        .is_good();
}
