//! Who may do what, held against real processes, a real PostgreSQL and a real provider of tokens.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

#[path = "../support/answer.rs"]
mod answer;
#[path = "../support/document.rs"]
mod document;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../support/stream.rs"]
mod stream;
#[path = "../support/mod.rs"]
mod support;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../support/tools.rs"]
mod tools;

mod actors;
mod keys;
mod matrix;
mod openness;
mod provider;
mod published;
mod quiet;
mod revocation;
mod secrets;
mod server;
mod shoppers;
mod signer;
mod site;
mod streams;
mod tokens;
mod unfit;
