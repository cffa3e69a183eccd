//! The pages in a real Chromium, served by a real Fairhold: what people do and see there.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

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
