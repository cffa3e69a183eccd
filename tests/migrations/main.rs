//! Migrations: over existing rows, concurrent, interrupted, too old, too new.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

mod interruption;
mod older;
mod samples;
mod schema;
mod versions;
