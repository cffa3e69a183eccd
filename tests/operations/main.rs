//! Operating the database: backups, standbys, durability, audits, and the queries of docs/auditing.md.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

mod audit;
mod auditor;
mod cluster;
mod cut_short;
mod dumps;
mod durability;
mod incompatible;
mod page;
mod point_in_time;
mod sale;
mod site;
mod standby;

#[expect(dead_code, reason = "this binary needs only a part of it")]
#[path = "../concurrency/books.rs"]
mod books;
#[path = "../support/process.rs"]
mod process;
#[expect(dead_code, reason = "this binary needs only a part of it")]
#[path = "../concurrency/shop.rs"]
mod shop;
#[path = "../support/tools.rs"]
mod tools;
