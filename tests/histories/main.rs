//! The checker of histories, held against histories by hand and against shops with a fault each.
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

mod hand;
mod history;
mod recorder;
mod reply;
mod rules;
mod search;
mod shelf;
mod shop;
mod storms;
mod time;
mod twins;
