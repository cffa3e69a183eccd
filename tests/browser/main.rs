//! The pages in a real Chromium, served by a real Fairhold: what people do and see there.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

mod accessibility;
mod analytics;
mod analytics_range;
mod api_docs;
mod api_keys;
mod chart;
mod dashboard_page;
mod database_outage;
mod demo_page;
mod flash_sale;
mod harness;
mod html_injection;
mod key_errors;
mod key_steps;
mod large_catalog;
mod layout;
mod many_tabs;
mod page_error;
mod restock_dialog;
mod server_outage;
mod shopper_cards;
mod sku_table;
mod stock_changes;
mod stream_reconnect;
mod two_browsers;
mod walkthrough;

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
