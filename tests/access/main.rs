//! Who may do what, held against real processes, a real PostgreSQL and a real provider of tokens.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

mod actors;
mod keys;
mod matrix;
mod openness;
mod provider;
mod published;
mod quiet;
mod revocation;
mod secrets;
mod shoppers;
mod streams;
mod tokens;
mod unfit;
