//! The rule-based summary: two to four sentences for a merchant.

#[cfg(test)]
mod tests;

use super::format::{count, estimate, hold_time, last, number, period};
use super::stats::{HOUR, SkuStats};
use crate::inventory::HealthStatus;

/// Fewer ended holds than this say nothing about abandonment.
const MIN_ENDED_HOLDS: i64 = 5;

const DAY: i64 = 24 * HOUR;

/// Holds of this length or less, in seconds, can't be shortened usefully.
const SHORT_HOLD: i32 = 60;

/// Ends with a period.
pub(super) fn summarize(stats: &SkuStats) -> String {
    let mut sentences = vec![stock(stats)];
    sentences.extend(demand(stats));
    sentences.push(advice(stats) + waitlist_notice(stats));
    sentences.extend(abandonment(stats));
    sentences.join(". ") + "."
}

fn stock(stats: &SkuStats) -> String {
    let health = &stats.health;
    if health.total_inventory == 0 {
        return "There is no stock".to_owned();
    }
    format!(
        "{} of {} sold, {} held, {} available",
        number(health.sold_inventory),
        count(health.total_inventory, "unit"),
        number(health.reserved_inventory),
        number(health.available_inventory),
    )
}

fn demand(stats: &SkuStats) -> Option<String> {
    match stats.health.status {
        HealthStatus::HighDemand => Some(waitlist(stats)),
        HealthStatus::OutOfStock if stats.health.total_inventory == 0 => None,
        HealthStatus::Healthy | HealthStatus::OutOfStock => Some(sales_rate(stats)),
    }
}

fn waitlist(stats: &SkuStats) -> String {
    let waiting = stats.health.waitlist_size;
    let verb = if waiting == 1 { "is" } else { "are" };
    format!(
        "{} {verb} waiting for {}{}",
        count(waiting, "reservation"),
        count(stats.health.waitlist_quantity, "unit"),
        waitlist_trend(stats),
    )
}

fn waitlist_trend(stats: &SkuStats) -> String {
    let growth = stats.recent.waitlist_growth;
    if growth == 0 {
        return String::new();
    }
    let direction = if growth > 0 { "up" } else { "down" };
    let change = number(growth.saturating_abs());
    let period = period(stats.recent.seconds);
    format!(" ({direction} {change} in {period})")
}

fn sales_rate(stats: &SkuStats) -> String {
    let recent = &stats.recent;
    let last = last(recent.seconds);
    if recent.reserved > 0 {
        let verb = if recent.reserved == 1 { "was" } else { "were" };
        let reserved = count(recent.reserved, "unit");
        let sold = number_or_none(recent.sold);
        format!("{reserved} {verb} reserved and {sold} sold in {last}")
    } else if recent.sold > 0 {
        let sold = count(recent.sold, "unit");
        format!("{sold} sold in {last}, with no new reservations")
    } else if stats.health.sold_inventory == 0 {
        format!("Nothing has sold yet, and there were no reservations in {last}")
    } else {
        format!("There were no reservations or sales in {last}")
    }
}

fn number_or_none(value: i64) -> String {
    if value == 0 {
        "none".to_owned()
    } else {
        number(value)
    }
}

fn advice(stats: &SkuStats) -> String {
    let health = &stats.health;
    match health.status {
        HealthStatus::HighDemand => {
            let short = count(stats.units_short(), "unit");
            format!(
                "Restocking {short} would serve everyone who is waiting; units that free up go to \
                 the waitlist in order"
            )
        }
        HealthStatus::Healthy => outlook(stats),
        HealthStatus::OutOfStock if health.total_inventory == 0 => {
            "Restock to start selling".to_owned()
        }
        HealthStatus::OutOfStock if health.reserved_inventory > 0 => {
            "Nothing is available until a hold ends without a sale or you restock".to_owned()
        }
        HealthStatus::OutOfStock => "Sold out: restock to keep selling".to_owned(),
    }
}

fn outlook(stats: &SkuStats) -> String {
    let health = &stats.health;
    if let Some(seconds) = stats.stock_lasts() {
        let action = match seconds {
            ..HOUR => "restock now to keep selling",
            HOUR..=DAY => "plan a restock",
            _ => "no action needed",
        };
        let lasts = estimate(seconds);
        return format!("At this rate, the available stock lasts {lasts}: {action}");
    }
    let is_idle = stats.recent.reserved == 0 && health.reserved_inventory == 0;
    if health.available_inventory <= health.total_inventory / 10 {
        "No more than 10% is left: consider restocking".to_owned()
    } else if health.sold_inventory == 0 && is_idle {
        "No action needed, unless you expected sales by now".to_owned()
    } else {
        "At this rate, the stock does not run out: no action needed".to_owned()
    }
}

/// Added to the advice if buyers can't even join the waitlist.
fn waitlist_notice(stats: &SkuStats) -> &'static str {
    let in_stock = stats.health.status == HealthStatus::Healthy;
    if in_stock || !stats.is_waitlist_full() {
        ""
    } else if stats.waitlist_limit == Some(0) {
        "; the waitlist is closed, so new buyers are turned away"
    } else {
        "; the waitlist is full, so new buyers are turned away"
    }
}

fn abandonment(stats: &SkuStats) -> Option<String> {
    let outcomes = stats.outcomes;
    let (total, lost) = (outcomes.total(), outcomes.without_sale());
    if total < MIN_ENDED_HOLDS || lost < total - lost {
        return None;
    }
    let action = if outcomes.cancelled > outcomes.expired {
        "most were cancelled, so check price and checkout".to_owned()
    } else if stats.hold_ttl_seconds <= SHORT_HOLD {
        "find out what keeps buyers from paying in time".to_owned()
    } else {
        let hold = hold_time(stats.hold_ttl_seconds);
        format!("consider holds shorter than {hold} for the next sale")
    };
    let holds = if outcomes.seconds < HOUR {
        format!("the latest {} holds that ended", number(total))
    } else {
        format!("{} holds that ended in the last hour", number(total))
    };
    let lost = number(lost);
    Some(format!("Of {holds}, {lost} ended without a sale: {action}"))
}
