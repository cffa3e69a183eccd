//! What the rules say of a SKU, in two to four sentences for a merchant.

use super::figures::{Figures, HOUR};
use super::words::{count, exactly, period, roughly};
use crate::inventory::HealthStatus;

/// So many holds must have ended before their ends say anything.
const TELLING: i64 = 5;

const DAY: i64 = 24 * HOUR;

/// A hold this short is no reason for holds to run out, in seconds.
const SHORT_HOLD: i32 = 60;

/// The summary by rules. Ends with a full stop.
pub(super) fn summarize(figures: &Figures) -> String {
    let mut sentences = vec![stock(figures)];
    sentences.extend(demand(figures));
    sentences.push(advice(figures) + door(figures));
    sentences.extend(abandonment(figures));
    sentences.join(". ") + "."
}

fn stock(figures: &Figures) -> String {
    let health = &figures.health;
    if health.total_inventory == 0 {
        return "There is no stock".to_owned();
    }
    format!(
        "{} of {} sold, {} held, {} available",
        health.sold_inventory,
        count(health.total_inventory, "unit"),
        health.reserved_inventory,
        health.available_inventory,
    )
}

fn demand(figures: &Figures) -> Option<String> {
    match figures.health.status {
        HealthStatus::HighDemand => Some(line(figures)),
        HealthStatus::OutOfStock if figures.health.total_inventory == 0 => None,
        HealthStatus::Healthy | HealthStatus::OutOfStock => Some(pace(figures)),
    }
}

fn line(figures: &Figures) -> String {
    let waiting = figures.health.waitlist_size;
    let verb = if waiting == 1 { "waits" } else { "wait" };
    let change = figures.lately.line_growth;
    let compared = if change > 0 { "more" } else { "fewer" };
    let trend = if change == 0 {
        String::new()
    } else {
        let ago = period(figures.lately.seconds);
        let article = if ago.starts_with(char::is_numeric) {
            ""
        } else {
            "a "
        };
        let change = change.unsigned_abs();
        format!(", {change} {compared} than {article}{ago} ago")
    };
    format!(
        "{} {verb} for {}{trend}",
        count(waiting, "reservation"),
        count(figures.health.waitlist_quantity, "unit"),
    )
}

fn pace(figures: &Figures) -> String {
    let lately = &figures.lately;
    let span = period(lately.seconds);
    if lately.reserved > 0 {
        let verb = if lately.reserved == 1 { "was" } else { "were" };
        let reserved = count(lately.reserved, "unit");
        let sold = some(lately.sold);
        format!("{reserved} {verb} reserved and {sold} sold in the last {span}")
    } else if lately.sold > 0 {
        let sold = count(lately.sold, "unit");
        format!("{sold} sold in the last {span}, and nothing new was reserved")
    } else if figures.health.sold_inventory == 0 {
        format!("Nothing has been sold so far, and nothing was reserved in the last {span}")
    } else {
        format!("Nothing was reserved or sold in the last {span}")
    }
}

fn some(number: i64) -> String {
    if number == 0 {
        "none".to_owned()
    } else {
        number.to_string()
    }
}

fn advice(figures: &Figures) -> String {
    let health = &figures.health;
    match health.status {
        HealthStatus::HighDemand => {
            let short = count(figures.short_by(), "unit");
            format!(
                "Restocking {short} would serve them all; stock that comes free goes to them \
                 first, in their order"
            )
        }
        HealthStatus::Healthy => outlook(figures),
        HealthStatus::OutOfStock if health.total_inventory == 0 => {
            "Restock to begin selling".to_owned()
        }
        HealthStatus::OutOfStock if health.reserved_inventory > 0 => {
            "Nothing is left to reserve until a hold ends without a sale or you restock".to_owned()
        }
        HealthStatus::OutOfStock => "It is sold out: restock to go on selling".to_owned(),
    }
}

fn outlook(figures: &Figures) -> String {
    let health = &figures.health;
    if let Some(seconds) = figures.stock_lasts() {
        let todo = match seconds {
            ..HOUR => "restock now to go on selling",
            HOUR..=DAY => "plan a restock",
            _ => "there is nothing to do",
        };
        let lasts = roughly(seconds);
        return format!("At that pace the available stock lasts {lasts}: {todo}");
    }
    let idle = figures.lately.reserved == 0 && health.reserved_inventory == 0;
    if health.available_inventory <= health.total_inventory / 10 {
        "At most a tenth is left: consider restocking".to_owned()
    } else if health.sold_inventory == 0 && idle {
        "There is nothing to do, unless buyers should have found it by now".to_owned()
    } else {
        "The stock does not run out at that pace: there is nothing to do".to_owned()
    }
}

/// Added to the advice where buyers can't even wait.
fn door(figures: &Figures) -> &'static str {
    let stocked = figures.health.status == HealthStatus::Healthy;
    if stocked || !figures.line_is_full() {
        ""
    } else if figures.waitlist_limit == Some(0) {
        "; the waitlist is closed, so buyers are turned away"
    } else {
        "; the waitlist is full, so newcomers are turned away"
    }
}

fn abandonment(figures: &Figures) -> Option<String> {
    let ends = figures.ends;
    let (all, lost) = (ends.all(), ends.without_sale());
    if all < TELLING || lost < all - lost {
        return None;
    }
    let hold = exactly(figures.hold_ttl_seconds);
    let todo = if ends.cancelled > ends.expired {
        "most were cancelled, so look at price and checkout".to_owned()
    } else if figures.hold_ttl_seconds <= SHORT_HOLD {
        "see what keeps buyers from paying in time".to_owned()
    } else {
        format!("consider holds shorter than {hold} for the next sale")
    };
    let which = if ends.seconds < HOUR {
        format!("the latest {all} holds that ended")
    } else {
        format!("{all} holds that ended within the last hour")
    };
    Some(format!("Of {which}, {lost} ended without a sale: {todo}"))
}
