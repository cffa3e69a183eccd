//! Faults on purpose: networks, resources and clients that fail, and input that makes no sense.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

mod clients;
mod crowd;
mod disk;
mod farewells;
#[cfg(target_os = "linux")]
mod file_limit;
mod full_server;
mod fuzz;
mod half_a_minute;
mod locks;
mod long_thoughts;
mod machine;
mod network;
mod parsers;
mod parts;
mod place;
mod psql;
mod requests;
mod targets;
mod wire;
