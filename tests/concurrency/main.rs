//! Rivals, races, crashes: the real program in several processes at once, on a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

mod books;
mod crash;
mod interleavings;
mod job;
mod lost_commits;
mod mix;
mod neighbours;
mod once;
mod outage;
mod places;
mod pressure;
mod rivals;
mod shop;
mod world;

#[path = "../support/folder.rs"]
mod folder;
#[path = "../support/process.rs"]
mod process;
#[path = "../support/proxy.rs"]
mod proxy;
#[path = "../support/mod.rs"]
mod support;
