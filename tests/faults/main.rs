//! Injected faults: failing networks, resources and clients, and invalid input.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

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
mod network;
mod parsers;
mod process_stats;
mod psql;
mod request_parts;
mod requests;
mod slow_decisions;
mod tls_files;
mod wire;

#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../concurrency/books.rs"]
mod books;
#[path = "../support/line.rs"]
mod line;
#[path = "../support/near.rs"]
mod near;
#[path = "../support/operation.rs"]
mod operation;
#[path = "../support/process.rs"]
mod process;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../support/proxy.rs"]
mod proxy;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../concurrency/shop.rs"]
mod shop;
#[path = "../support/mod.rs"]
mod support;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../support/tools.rs"]
mod tools;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../concurrency/world.rs"]
mod world;
