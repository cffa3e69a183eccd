//! The pages in a real Chromium, before a real Fairhold: what people do there, and what they see.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

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

#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../concurrency/books.rs"]
mod books;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../operations/cluster.rs"]
mod cluster;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../support/process.rs"]
mod process;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../concurrency/shop.rs"]
mod shop;
#[path = "../operations/site.rs"]
mod site;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tools.rs"]
mod tools;
