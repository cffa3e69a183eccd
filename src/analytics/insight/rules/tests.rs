//! Every rule by example, and readable sentences for arbitrary stats.

use chrono::DateTime;
use proptest::prelude::*;

use super::summarize;
use crate::analytics::Health;
use crate::analytics::insight::stats::{HOUR, HoldOutcomes, RecentActivity, SkuStats};
use crate::inventory::{HealthStatus, Sku};

/// 60 of 100 units sold, and no recent activity.
fn quiet() -> SkuStats {
    SkuStats {
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
        recent: RecentActivity {
            seconds: 600,
            reserved: 0,
            returned: 0,
            sold: 0,
            waitlist_growth: 0,
        },
        outcomes: HoldOutcomes {
            seconds: HOUR,
            confirmed: 0,
            expired: 0,
            cancelled: 0,
        },
        now: DateTime::UNIX_EPOCH,
    }
}

fn out_of_stock(held: i64) -> SkuStats {
    let mut stats = quiet();
    stats.health.status = HealthStatus::OutOfStock;
    stats.health.available_inventory = 0;
    stats.health.reserved_inventory = held;
    stats.health.sold_inventory = 100 - held;
    stats
}

fn with_waitlist(waiting: i64, units: i64, growth: i64) -> SkuStats {
    let mut stats = out_of_stock(10);
    stats.health.status = HealthStatus::HighDemand;
    stats.health.waitlist_size = waiting;
    stats.health.waitlist_quantity = units;
    stats.recent.waitlist_growth = growth;
    stats
}

fn with_activity(reserved: i64, returned: i64, sold: i64) -> SkuStats {
    let mut stats = quiet();
    stats.recent.reserved = reserved;
    stats.recent.returned = returned;
    stats.recent.sold = sold;
    stats
}

fn with_outcomes(confirmed: i64, expired: i64, cancelled: i64, hold_ttl_seconds: i32) -> SkuStats {
    SkuStats {
        outcomes: HoldOutcomes {
            seconds: HOUR,
            confirmed,
            expired,
            cancelled,
        },
        hold_ttl_seconds,
        ..quiet()
    }
}

#[track_caller]
fn assert_summary(stats: &SkuStats, expected: &str) {
    assert_eq!(summarize(stats), expected);
}

#[track_caller]
fn assert_ends(stats: &SkuStats, end: &str) {
    let summary = summarize(stats);
    assert!(summary.ends_with(end), "{summary}");
}

#[track_caller]
fn assert_contains(stats: &SkuStats, part: &str) {
    let summary = summarize(stats);
    assert!(summary.contains(part), "{summary}");
}

#[test]
fn quiet_stock_needs_no_action() {
    assert_summary(
        &quiet(),
        "60 of 100 units sold, 5 held, 35 available. There were no reservations or sales in the \
         last 10 minutes. At this rate, the stock does not run out: no action needed.",
    );
}

#[test]
fn stock_without_any_sale_is_reported() {
    let mut stats = quiet();
    stats.health.available_inventory = 100;
    stats.health.reserved_inventory = 0;
    stats.health.sold_inventory = 0;
    stats.recent.seconds = 60;
    assert_summary(
        &stats,
        "0 of 100 units sold, 0 held, 100 available. Nothing has sold yet, and there were no \
         reservations in the last minute. No action needed, unless you expected sales by now.",
    );
}

#[test]
fn the_recent_rate_predicts_how_long_stock_lasts() {
    assert_summary(
        &with_activity(30, 9, 18),
        "60 of 100 units sold, 5 held, 35 available. 30 units were reserved and 18 sold in the \
         last 10 minutes. At this rate, the available stock lasts about 17 minutes: restock now to \
         keep selling.",
    );
    let slow = with_activity(1, 0, 0);
    assert_ends(
        &slow,
        "At this rate, the available stock lasts about 6 hours: plan a restock.",
    );
    assert_contains(&slow, "1 unit was reserved and none sold");
    let mut large = with_activity(1, 0, 1);
    large.health.available_inventory = 1000;
    large.health.total_inventory = 1065;
    assert_contains(&large, "60 of 1,065 units sold, 5 held, 1,000 available.");
    assert_ends(
        &large,
        "At this rate, the available stock lasts about 7 days: no action needed.",
    );
    large.recent.reserved = i64::MAX;
    assert_ends(
        &large,
        "lasts less than a minute: restock now to keep selling.",
    );
}

#[test]
fn stock_that_is_returned_as_fast_as_it_is_reserved_does_not_run_out() {
    let end = "At this rate, the stock does not run out: no action needed.";
    assert_ends(&with_activity(30, 30, 0), end);
    assert_ends(&with_activity(0, 5, 0), end);
    let sold = "1 unit sold in the last 10 minutes, with no new reservations.";
    assert_contains(&with_activity(0, 0, 1), sold);
}

#[test]
fn a_restock_is_suggested_for_the_last_tenth_even_without_activity() {
    let mut low = quiet();
    low.health.available_inventory = 10;
    low.health.sold_inventory = 85;
    assert_ends(&low, "No more than 10% is left: consider restocking.");
}

#[test]
fn a_waitlist_is_reported_with_its_trend_and_the_missing_units() {
    let mut stats = with_waitlist(7, 12, 4);
    stats.health.available_inventory = 2;
    assert_summary(
        &stats,
        "90 of 100 units sold, 10 held, 2 available. 7 reservations are waiting for 12 units (up 4 \
         in 10 minutes). Restocking 10 units would serve everyone who is waiting; units that free \
         up go to the waitlist in order.",
    );
    assert_contains(
        &with_waitlist(1, 1, -2),
        "1 reservation is waiting for 1 unit (down 2 in 10 minutes). Restocking 1 unit ",
    );
    let mut large = with_waitlist(987, 1905, 1307);
    large.recent.seconds = 60;
    assert_contains(
        &large,
        "987 reservations are waiting for 1,905 units (up 1,307 in 1 minute).",
    );
    assert_contains(&with_waitlist(2, 2, 0), "are waiting for 2 units. ");
}

#[test]
fn an_empty_sku_says_whether_stock_may_return() {
    assert_ends(&out_of_stock(0), "Sold out: restock to keep selling.");
    let end = "Nothing is available until a hold ends without a sale or you restock.";
    assert_ends(&out_of_stock(3), end);
    let mut never_stocked = out_of_stock(0);
    never_stocked.health.total_inventory = 0;
    never_stocked.health.sold_inventory = 0;
    assert_summary(
        &never_stocked,
        "There is no stock. Restock to start selling.",
    );
}

#[test]
fn a_closed_or_full_waitlist_is_reported() {
    let limited = |stats: SkuStats, limit| SkuStats {
        waitlist_limit: Some(limit),
        ..stats
    };
    let end = "restock to keep selling; the waitlist is closed, so new buyers are turned away.";
    assert_ends(&limited(out_of_stock(0), 0), end);
    let end = "in order; the waitlist is full, so new buyers are turned away.";
    assert_ends(&limited(with_waitlist(7, 12, 0), 7), end);
    assert_ends(&limited(with_waitlist(7, 12, 0), 8), "in order.");
    assert_ends(&limited(quiet(), 0), "no action needed.");
}

#[test]
fn many_holds_without_a_sale_are_reported_with_a_remedy() {
    let end = "Of 40 holds that ended in the last hour, 30 ended without a sale: consider holds \
               shorter than 5 minutes for the next sale.";
    assert_ends(&with_outcomes(10, 25, 5, 300), end);
    let end = "4 ended without a sale: find out what keeps buyers from paying in time.";
    assert_ends(&with_outcomes(1, 4, 0, 60), end);
    let end = "5 ended without a sale: most were cancelled, so check price and checkout.";
    assert_ends(&with_outcomes(0, 0, 5, 300), end);
    assert_ends(&with_outcomes(21, 10, 10, 300), "no action needed.");
    assert_ends(&with_outcomes(0, 4, 0, 300), "no action needed.");
    let mut busy = with_outcomes(400, 0, 600, 300);
    busy.outcomes.seconds = HOUR - 1;
    let end = "Of the latest 1,000 holds that ended, 600 ended without a sale: most were \
               cancelled, so check price and checkout.";
    assert_ends(&busy, end);
}

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![0..20_i64, 0..1_000_000_000_000_i64]
}

prop_compose! {
    fn any_health()(
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
            ..quiet().health
        }
    }
}

prop_compose! {
    fn any_stats()(
        health in any_health(),
        hold_ttl_seconds in 5..=86_400,
        waitlist_limit in prop::option::of(amount()),
        seconds in 1..=600_i64,
        [reserved, returned, sold] in [amount(), amount(), amount()],
        waitlist_growth in -1_000_000_000..1_000_000_000_i64,
        [confirmed, expired, cancelled] in [0..2000_i64, 0..2000_i64, 0..2000_i64],
    ) -> SkuStats {
        SkuStats {
            health,
            hold_ttl_seconds,
            waitlist_limit,
            recent: RecentActivity { seconds, reserved, returned, sold, waitlist_growth },
            outcomes: HoldOutcomes { seconds: HOUR, confirmed, expired, cancelled },
            now: DateTime::UNIX_EPOCH,
        }
    }
}

fn has_words(summary: &str, words: &str) -> bool {
    let padded = format!(" {summary} ");
    [' ', '.', ')', ',']
        .iter()
        .any(|end| padded.contains(&format!(" {words}{end}")))
}

proptest! {
    #[test]
    fn arbitrary_stats_give_readable_sentences(stats in any_stats()) {
        let summary = summarize(&stats);
        let sentences = summary.matches(". ").count() + 1;
        prop_assert!((2..=4).contains(&sentences), "{summary}");
        prop_assert!(summary.ends_with('.') && !summary.contains(".."), "{summary}");
        prop_assert!(summary.chars().count() < 600, "{summary}");
        for nonsense in ["NaN", "inf", "-", "  ", "?"] {
            prop_assert!(!summary.contains(nonsense), "{nonsense:?}: {summary}");
        }
        for nonsense in ["0 minutes", "0 seconds", "0 hours", "0 days", "1 minutes", "1 units"] {
            prop_assert!(!has_words(&summary, nonsense), "{nonsense:?}: {summary}");
        }
        let mut starts = summary.split(". ").filter_map(|sentence| sentence.chars().next());
        prop_assert!(starts.all(|c| c.is_uppercase() || c.is_numeric()), "{summary}");
    }
}
