//! The pages in a real Chromium, before a real Fairhold: what people do there, and what they see.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

mod changes;
mod chart;
mod dashboard;
mod database;
mod demo;
mod dialogs;
mod docs;
mod everybody;
mod figures;
mod flash;
mod hostile;
mod key;
mod keyring;
mod layout;
mod many;
mod outage;
mod past;
mod refusals;
mod shoppers;
mod skus;
mod stage;
mod story;
mod streams;
mod tabs;
mod together;
