//! Faults on purpose: networks, resources and clients that fail, and input that makes no sense.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

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
