//! Migrations: over existing rows, concurrent, interrupted, too old, too new.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

mod interruption;
mod older;
mod samples;
mod schema;
mod versions;

#[expect(dead_code, reason = "this binary needs only a part of it")]
#[path = "../support/process.rs"]
mod process;
#[path = "../support/mod.rs"]
mod support;
