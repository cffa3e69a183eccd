//! The protocol between processes, clients and database as a model, searched to its end.

mod books;
mod model;
mod properties;
mod steps;

use std::collections::BTreeSet;
use std::env;
use std::io::{self, Write};
use std::time::Instant;

use stateright::{Checker, HasDiscoveries, Model};

use books::{Books, Command, Slip, Status};
use model::{Bounds, Case, Fault};

const NOTHING: Bounds = Bounds {
    cuts: 0,
    process_crashes: 0,
    database_crashes: 0,
    timeouts: 0,
    retries: 0,
    hold_ends: 0,
    sweeps: 0,
};

/// Says that the search is to go further than `cargo test` has time for.
const SEARCH: &str = "FAIRHOLD_TEST_SEARCH";

/// What may befall a case, or `more` where the search goes far.
fn usually(bounds: Bounds, more: Bounds) -> Bounds {
    match env::var(SEARCH).as_deref() {
        Ok("far") => more,
        Ok(other) => panic!("{SEARCH} is {other}, and can only be far"),
        Err(_) => bounds,
    }
}

fn case(total: usize, asks: &[(Command, bool)], bounds: Bounds) -> Case {
    Case {
        fault: Fault::None,
        processes: 2,
        books: Books {
            total,
            ..Books::default()
        },
        promotions: usize::MAX,
        asks: asks.to_vec(),
        bounds,
        situations: properties::lost_answers,
    }
}

/// Two users want the only unit, and the first gives it up; a commit may lose its answer.
fn rivals() -> Case {
    let asks = [
        (Command::Reserve('a', 1), true),
        (Command::Reserve('b', 1), false),
        (Command::Cancel('a'), false),
    ];
    let usual = Bounds { cuts: 1, ..NOTHING };
    let more = Bounds {
        cuts: 2,
        database_crashes: 1,
        ..NOTHING
    };
    case(1, &asks, usually(usual, more))
}

/// A delivery without a key and a buyer, while the database crashes and a connection is cut.
fn delivery() -> Case {
    let asks = [
        (Command::Restock(1), false),
        (Command::Reserve('a', 1), false),
    ];
    let usual = Bounds {
        cuts: 1,
        database_crashes: 1,
        ..NOTHING
    };
    let more = Bounds {
        cuts: 3,
        database_crashes: 2,
        ..NOTHING
    };
    case(0, &asks, usually(usual, more))
}

/// A delivery with a key and a buyer, who ask again when a process crashes or gives them up.
fn repetition() -> Case {
    let asks = [
        (Command::Restock(1), true),
        (Command::Reserve('a', 1), true),
    ];
    let usual = Bounds {
        cuts: 1,
        process_crashes: 1,
        timeouts: 1,
        retries: 1,
        ..NOTHING
    };
    let more = Bounds {
        cuts: 2,
        database_crashes: 1,
        retries: 2,
        ..usual
    };
    Case {
        situations: properties::retries,
        ..case(1, &asks, usually(usual, more))
    }
}

/// One holds and one waits; the hold runs out while it is confirmed, and both processes sweep.
fn expiry() -> Case {
    let usual = Bounds {
        cuts: 1,
        hold_ends: 1,
        sweeps: 2,
        ..NOTHING
    };
    let more = Bounds {
        cuts: 2,
        database_crashes: 1,
        ..usual
    };
    let asks = [
        (Command::Confirm('a'), false),
        (Command::Reserve('c', 1), false),
    ];
    Case {
        situations: properties::confirms,
        ..held_and_awaited(&asks, usually(usual, more))
    }
}

/// The holds of who has the unit and of who waited for it run out, and only sweeps can tell.
fn lull() -> Case {
    let usual = Bounds {
        cuts: 1,
        hold_ends: 2,
        sweeps: 3,
        ..NOTHING
    };
    let more = Bounds {
        cuts: 2,
        database_crashes: 1,
        ..usual
    };
    held_and_awaited(&[(Command::Reserve('c', 1), false)], usually(usual, more))
}

/// A delivery meets a line that takes more than one transaction to serve, and a newcomer, while a
/// process crashes and a commit loses its answer.
fn long_line() -> Case {
    let usual = Bounds {
        cuts: 1,
        process_crashes: 1,
        ..NOTHING
    };
    let more = Bounds {
        cuts: 2,
        database_crashes: 1,
        ..usual
    };
    let asks = [
        (Command::Restock(2), true),
        (Command::Reserve('d', 1), false),
    ];
    let mut case = case(0, &asks, usually(usual, more));
    case.promotions = 1;
    case.situations = properties::long_lines;
    let line = [waits('b', 1, 1), waits('c', 1, 2)];
    case.with(line)
}

/// `a` holds one of two units, `b` waits for both; a sale leaves `b` without hope and one unit for `c`.
fn unservable() -> Case {
    let usual = Bounds {
        cuts: 1,
        hold_ends: 1,
        sweeps: 1,
        ..NOTHING
    };
    let more = Bounds {
        cuts: 2,
        database_crashes: 1,
        ..usual
    };
    let asks = [
        (Command::Confirm('a'), false),
        (Command::Reserve('c', 1), false),
        (Command::Restock(1), false),
    ];
    let mut case = case(2, &asks, usually(usual, more));
    case.situations = properties::unservable;
    case.with([holds('a'), waits('b', 2, 1)])
}

/// `a` has the only unit, and `b` waits for it.
fn held_and_awaited(asks: &[(Command, bool)], bounds: Bounds) -> Case {
    let mut case = case(1, asks, bounds);
    case.situations = properties::sweeps;
    case.with([holds('a'), waits('b', 1, 1)])
}

fn holds(user: char) -> Slip {
    Slip {
        user,
        quantity: 1,
        by: usize::MAX,
        status: Status::Reserved,
        sequence: None,
        over: false,
    }
}

fn waits(user: char, quantity: usize, sequence: u8) -> Slip {
    Slip {
        quantity,
        status: Status::Waitlisted,
        sequence: Some(sequence),
        ..holds(user)
    }
}

impl Case {
    /// With these reservations to begin with.
    fn with<const N: usize>(mut self, slips: [Slip; N]) -> Self {
        self.books.sequence = slips
            .iter()
            .filter_map(|slip| slip.sequence)
            .max()
            .unwrap_or(0);
        let ids = (0..N).map(|number| (0, number));
        self.books.slips.extend(ids.zip(slips));
        self
    }
}

/// Searches everything: each rule must hold, and each situation must be met.
fn every_rule_holds(name: &str, case: Case) {
    let began = Instant::now();
    let checker = case.checker().spawn_dfs().join();
    assert!(checker.is_done());
    let states = checker.unique_state_count();
    let took = began.elapsed().as_secs_f64();
    // The verdict matters more than that somebody reads the figures.
    let _ = writeln!(io::stdout(), "{name}: {states} states in {took:.1} s");
    assert!(
        states > 5_000,
        "only {states} states: the case is too small"
    );
    checker.assert_properties();
}

/// The same case without one part of the protocol has a way to break that rule.
fn breaks(mut case: Case, fault: Fault, rule: &'static str) {
    case.fault = fault;
    let wanted = HasDiscoveries::AnyOf(BTreeSet::from([rule]));
    let checker = case.checker().finish_when(wanted).spawn_dfs().join();
    assert!(properties::RULES.contains(&rule));
    assert!(
        checker.discovery(rule).is_some(),
        "{fault:?} breaks nothing"
    );
}

#[test]
fn every_rule_holds_while_a_commit_between_rivals_loses_its_answer() {
    every_rule_holds("rivals", rivals());
}

#[test]
fn every_rule_holds_while_the_database_crashes_at_a_delivery_without_a_key() {
    every_rule_holds("delivery", delivery());
}

#[test]
fn every_rule_holds_while_clients_ask_again_since_a_process_crashed() {
    every_rule_holds("repetition", repetition());
}

#[test]
fn every_rule_holds_while_two_processes_sweep_a_hold_that_is_being_confirmed() {
    every_rule_holds("expiry", expiry());
}

#[test]
fn every_rule_holds_while_only_sweeps_end_one_hold_after_the_other() {
    every_rule_holds("lull", lull());
}

#[test]
fn every_rule_holds_while_a_line_is_served_in_several_transactions() {
    every_rule_holds("long line", long_line());
}

#[test]
fn every_rule_holds_while_somebody_waits_for_more_than_is_left() {
    every_rule_holds("unservable", unservable());
}

#[test]
fn who_can_never_be_served_must_not_hold_up_the_line() {
    breaks(unservable(), Fault::BlockedLine, "no idle stock");
}

#[test]
fn a_line_that_is_not_known_to_be_served_is_forgotten() {
    breaks(long_line(), Fault::ForgottenLine, "no idle stock");
    breaks(
        long_line(),
        Fault::ForgottenLine,
        "the line is served at last",
    );
}

#[test]
fn without_the_row_lock_the_search_finds_how_to_oversell() {
    breaks(rivals(), Fault::NoLock, "no overselling");
    breaks(rivals(), Fault::NoLock, "strict order");
    breaks(repetition(), Fault::NoLock, "no promise is taken back");
}

#[test]
fn without_the_look_at_the_receipt_a_delivery_counts_twice() {
    breaks(delivery(), Fault::NoLookUp, "once");
}

#[test]
fn a_look_at_the_receipt_before_the_lock_is_there_may_come_too_early() {
    breaks(delivery(), Fault::EarlyLookUp, "once");
}

#[test]
fn an_answer_without_a_look_at_the_receipt_may_promise_what_is_not_there() {
    breaks(rivals(), Fault::BlindAnswer, "an answer is durable");
}

#[test]
fn without_the_look_at_the_key_a_repetition_counts_twice() {
    breaks(repetition(), Fault::NoKeyCheck, "once");
}

#[test]
fn a_clock_that_is_read_before_the_lock_is_there_confirms_late() {
    breaks(expiry(), Fault::EarlyClock, "no late confirm");
}

#[test]
fn a_newcomer_who_is_served_before_the_line_overtakes_it() {
    breaks(expiry(), Fault::NewcomerFirst, "strict order");
}

#[test]
fn without_the_sweep_a_hold_that_is_over_keeps_its_stock() {
    breaks(lull(), Fault::NoSweep, "what is due is ended at last");
}

#[test]
fn a_batch_that_is_forgotten_leaves_its_clients_without_an_answer() {
    breaks(rivals(), Fault::NoAnswer, "everybody is told at last");
}

#[test]
fn a_row_that_stays_locked_lets_nobody_go_on() {
    breaks(rivals(), Fault::KeptLock, "everybody is told at last");
    breaks(expiry(), Fault::KeptLock, "what is due is ended at last");
}

#[test]
fn without_the_promotion_stock_lies_idle() {
    breaks(rivals(), Fault::NoPromotion, "no idle stock");
    breaks(expiry(), Fault::NoPromotion, "no idle stock");
}
