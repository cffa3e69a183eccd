//! Injected faults: failing networks, resources and clients, and invalid input.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

mod clients;
mod connection_close;
mod connection_slots;
mod crowd;
mod disk;
mod endpoints;
#[cfg(target_os = "linux")]
mod file_limit;
mod fuzz;
mod half_closed;
mod instance;
mod locks;
mod long_outages;
mod memory;
mod network;
mod parsers;
mod process_stats;
mod psql;
mod request_parts;
mod requests;
mod tls_files;
mod wire;
