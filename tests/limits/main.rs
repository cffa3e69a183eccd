//! How often somebody may ask, held against real processes, a real PostgreSQL and a real Redis.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

mod accounts;
mod asking;
mod encrypted;
mod prices;
mod proxies;
mod redis;
mod shared;
