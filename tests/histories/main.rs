//! The checker of histories, held against histories by hand and against shops with a fault each.
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

mod shop;
mod storms;
mod twins;
