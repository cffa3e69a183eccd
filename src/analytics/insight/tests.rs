//! What the rules say: each case in its words, and every case in sentences that make sense.

use chrono::DateTime;
use proptest::prelude::*;

use super::super::Health;
use super::figures::{Ends, Figures, HOUR, Lately};
use super::rules::summarize;
use crate::inventory::{HealthStatus, Sku};

/// A SKU that sold 60 of 100 units and sees no more demand.
fn calm() -> Figures {
    Figures {
        health: Health {
            sku: Sku::parse("X").unwrap(),
            available_inventory: 35,
            waitlist_size: 0,
            status: HealthStatus::Healthy,
            total_inventory: 100,
            reserved_inventory: 5,
            sold_inventory: 60,
            waitlist_quantity: 0,
            version: 1,
            updated_at: DateTime::UNIX_EPOCH,
        },
        hold_ttl_seconds: 300,
        waitlist_limit: None,
        lately: Lately {
            seconds: 600,
            reserved: 0,
            returned: 0,
            sold: 0,
            line_growth: 0,
        },
        ends: Ends {
            seconds: HOUR,
            confirmed: 0,
            expired: 0,
            cancelled: 0,
        },
        now: DateTime::UNIX_EPOCH,
    }
}

/// The same shelf, empty but for holds.
fn empty(held: i64) -> Figures {
    let mut figures = calm();
    figures.health.status = HealthStatus::OutOfStock;
    figures.health.available_inventory = 0;
    figures.health.reserved_inventory = held;
    figures.health.sold_inventory = 100 - held;
    figures
}

fn waited_for(waiting: i64, wanted: i64, growth: i64) -> Figures {
    let mut figures = empty(10);
    figures.health.status = HealthStatus::HighDemand;
    figures.health.waitlist_size = waiting;
    figures.health.waitlist_quantity = wanted;
    figures.lately.line_growth = growth;
    figures
}

fn taken(reserved: i64, returned: i64, sold: i64) -> Figures {
    let mut figures = calm();
    figures.lately.reserved = reserved;
    figures.lately.returned = returned;
    figures.lately.sold = sold;
    figures
}

fn ended(confirmed: i64, expired: i64, cancelled: i64, hold_ttl_seconds: i32) -> Figures {
    Figures {
        ends: Ends {
            seconds: HOUR,
            confirmed,
            expired,
            cancelled,
        },
        hold_ttl_seconds,
        ..calm()
    }
}

#[track_caller]
fn assert_says(figures: &Figures, said: &str) {
    assert_eq!(summarize(figures), said);
}

#[track_caller]
fn assert_ends(figures: &Figures, end: &str) {
    let said = summarize(figures);
    assert!(said.ends_with(end), "{said}");
}

#[test]
fn calm_stock_needs_nothing() {
    assert_says(
        &calm(),
        "60 of 100 units sold, 5 held, 35 available. Nothing was reserved or sold in the last 10 \
         minutes. The stock does not run out at that pace: there is nothing to do.",
    );
}

#[test]
fn stock_that_nobody_has_found_is_told_as_such() {
    let mut figures = calm();
    figures.health.available_inventory = 100;
    figures.health.reserved_inventory = 0;
    figures.health.sold_inventory = 0;
    figures.lately.seconds = 60;
    assert_says(
        &figures,
        "0 of 100 units sold, 0 held, 100 available. Nothing has been sold so far, and nothing was \
         reserved in the last minute. There is nothing to do, unless buyers should have found it \
         by now.",
    );
}

#[test]
fn a_pace_tells_how_long_the_stock_lasts() {
    assert_says(
        &taken(30, 9, 18),
        "60 of 100 units sold, 5 held, 35 available. 30 units were reserved and 18 sold in the \
         last 10 minutes. At that pace the available stock lasts about 17 minutes: restock now to \
         go on selling.",
    );
    let end = "At that pace the available stock lasts about 6 hours: plan a restock.";
    assert_ends(&taken(1, 0, 0), end);
    assert!(summarize(&taken(1, 0, 0)).contains("1 unit was reserved and none sold"));
    let mut large = taken(1, 0, 1);
    large.health.available_inventory = 1000;
    large.health.total_inventory = 1065;
    let end = "At that pace the available stock lasts about 7 days: there is nothing to do.";
    assert_ends(&large, end);
    large.lately.reserved = i64::MAX;
    assert_ends(
        &large,
        "lasts less than a minute: restock now to go on selling.",
    );
}

#[test]
fn stock_that_comes_back_as_fast_as_it_goes_does_not_run_out() {
    let end = "The stock does not run out at that pace: there is nothing to do.";
    assert_ends(&taken(30, 30, 0), end);
    assert_ends(&taken(0, 5, 0), end);
    let said = summarize(&taken(0, 0, 1));
    assert!(said.contains("1 unit sold in the last 10 minutes, and nothing new was reserved"));
}

#[test]
fn the_last_tenth_asks_for_stock_even_without_a_pace() {
    let mut low = calm();
    low.health.available_inventory = 10;
    low.health.sold_inventory = 85;
    assert_ends(&low, "At most a tenth is left: consider restocking.");
}

#[test]
fn a_line_tells_how_many_units_are_short() {
    let mut figures = waited_for(7, 12, 4);
    figures.health.available_inventory = 2;
    assert_says(
        &figures,
        "90 of 100 units sold, 10 held, 2 available. 7 reservations wait for 12 units, 4 more than \
         10 minutes ago. Restocking 10 units would serve them all; stock that comes free goes to \
         them first, in their order.",
    );
    let said = summarize(&waited_for(1, 1, -2));
    assert!(said.contains(
        "1 reservation waits for 1 unit, 2 fewer than 10 minutes ago. Restocking 1 unit "
    ));
    let mut young = waited_for(3, 3, 3);
    young.lately.seconds = 60;
    assert!(summarize(&young).contains("3 units, 3 more than a minute ago."));
    assert!(summarize(&waited_for(2, 2, 0)).contains("wait for 2 units. "));
}

#[test]
fn an_empty_shelf_tells_whether_stock_may_come_back() {
    assert_ends(&empty(0), "It is sold out: restock to go on selling.");
    let end = "Nothing is left to reserve until a hold ends without a sale or you restock.";
    assert_ends(&empty(3), end);
    let mut never = empty(0);
    never.health.total_inventory = 0;
    never.health.sold_inventory = 0;
    assert_says(&never, "There is no stock. Restock to begin selling.");
}

#[test]
fn a_line_that_takes_nobody_is_told() {
    let closed = |figures: Figures, limit| Figures {
        waitlist_limit: Some(limit),
        ..figures
    };
    let end = "restock to go on selling; the waitlist is closed, so buyers are turned away.";
    assert_ends(&closed(empty(0), 0), end);
    let end = "in their order; the waitlist is full, so newcomers are turned away.";
    assert_ends(&closed(waited_for(7, 12, 0), 7), end);
    assert_ends(&closed(waited_for(7, 12, 0), 8), "in their order.");
    assert_ends(&closed(calm(), 0), "there is nothing to do.");
}

#[test]
fn holds_that_end_without_a_sale_are_told_with_what_may_help() {
    let end = "Of 40 holds that ended within the last hour, 30 ended without a sale: consider \
               holds shorter than 5 minutes for the next sale.";
    assert_ends(&ended(10, 25, 5, 300), end);
    let end = "4 ended without a sale: see what keeps buyers from paying in time.";
    assert_ends(&ended(1, 4, 0, 60), end);
    let end = "5 ended without a sale: most were cancelled, so look at price and checkout.";
    assert_ends(&ended(0, 0, 5, 300), end);
    assert_ends(&ended(21, 10, 10, 300), "there is nothing to do.");
    assert_ends(&ended(0, 4, 0, 300), "there is nothing to do.");
    let mut hot = ended(400, 0, 600, 300);
    hot.ends.seconds = HOUR - 1;
    let end = "Of the latest 1000 holds that ended, 600 ended without a sale: most were cancelled, \
               so look at price and checkout.";
    assert_ends(&hot, end);
}

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![0..20_i64, 0..1_000_000_000_000_i64]
}

prop_compose! {
    fn any_shelf()(
        available in amount(),
        held in amount(),
        sold in amount(),
        waiting in amount(),
        more in amount(),
    ) -> Health {
        Health {
            available_inventory: available,
            reserved_inventory: held,
            sold_inventory: sold,
            total_inventory: available + held + sold,
            waitlist_size: waiting,
            waitlist_quantity: if waiting == 0 { 0 } else { waiting + available + more },
            status: match (waiting, available) {
                (1.., _) => HealthStatus::HighDemand,
                (_, 1..) => HealthStatus::Healthy,
                _ => HealthStatus::OutOfStock,
            },
            ..calm().health
        }
    }
}

prop_compose! {
    fn any_figures()(
        health in any_shelf(),
        hold_ttl_seconds in 5..=86_400,
        waitlist_limit in prop::option::of(amount()),
        seconds in 1..=600_i64,
        [reserved, returned, sold] in [amount(), amount(), amount()],
        line_growth in -1_000_000_000..1_000_000_000_i64,
        [confirmed, expired, cancelled] in [0..2000_i64, 0..2000_i64, 0..2000_i64],
    ) -> Figures {
        Figures {
            health,
            hold_ttl_seconds,
            waitlist_limit,
            lately: Lately { seconds, reserved, returned, sold, line_growth },
            ends: Ends { seconds: HOUR, confirmed, expired, cancelled },
            now: DateTime::UNIX_EPOCH,
        }
    }
}

/// Whether a word stands in the text by itself.
fn has(said: &str, words: &str) -> bool {
    let padded = format!(" {said} ");
    padded.contains(&format!(" {words} ")) || padded.contains(&format!(" {words}."))
}

proptest! {
    #[test]
    fn whatever_the_figures_the_rules_speak_in_plain_sentences(figures in any_figures()) {
        let said = summarize(&figures);
        let sentences = said.matches(". ").count() + 1;
        prop_assert!((2..=4).contains(&sentences), "{said}");
        prop_assert!(said.ends_with('.') && !said.contains(".."), "{said}");
        prop_assert!(said.chars().count() < 600, "{said}");
        for nonsense in ["NaN", "inf", "-", "  ", "?"] {
            prop_assert!(!said.contains(nonsense), "{nonsense:?}: {said}");
        }
        for nonsense in ["0 minutes", "0 seconds", "0 hours", "0 days", "1 minutes", "1 units"] {
            prop_assert!(!has(&said, nonsense), "{nonsense:?}: {said}");
        }
        let mut starts = said.split(". ").filter_map(|sentence| sentence.chars().next());
        prop_assert!(starts.all(|c| c.is_uppercase() || c.is_numeric()), "{said}");
    }
}
