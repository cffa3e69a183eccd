//! Rate limits of real processes with a real PostgreSQL and a real Redis.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

mod costs;
mod keys;
mod proxies;
mod redis;
mod redis_tls;
mod requests;
mod shared;
