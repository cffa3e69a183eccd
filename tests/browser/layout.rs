//! Whether the pages fit every window, light and dark. Screenshots are in `target/screenshots`.

use serde_json::json;

use crate::dashboard_page::{DashboardPage, sell_out};
use crate::demo_page::DemoPage;
use crate::harness::{BrowserTest, Scheme, run};
use crate::key_steps::UNAUTHORIZED;

#[tokio::test]
async fn the_demo_page_fits_every_window() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.0.assert_fits_everywhere("demo-empty").await;
        demo.sell(1, 600).await;
        demo.click("A", "reserve").await;
        demo.click("B", "reserve").await;
        demo.shopper_is("B", "Waiting").await;
        demo.0.assert_fits_everywhere("demo-waitlist").await;
    })
    .await;
}

#[tokio::test]
async fn the_dashboard_fits_every_window() {
    run(async |test: &mut BrowserTest| {
        let long = "r".repeat(64);
        sell_out(test, &long, &"u".repeat(128), &["second"]).await;
        test.shop.stock("raisins", 1_000_000).await;
        let dashboard = DashboardPage::open(test).await;
        dashboard.lists(&["raisins", &long]).await;
        dashboard.0.assert_fits_everywhere("dashboard-list").await;
        dashboard.0.set_viewport(1_280, Scheme::Light).await;
        dashboard.0.click("[data-sku^=rrr] a").await;
        dashboard.waiting_are(&["second"]).await;
        dashboard.0.is_visible("#chart svg").await;
        dashboard.0.assert_fits_everywhere("dashboard-sku").await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.assert_fits_everywhere("dashboard-dialog").await;
    })
    .await;
}

#[tokio::test]
async fn no_table_on_the_dashboard_is_cut_off() {
    run(async |test: &mut BrowserTest| {
        let long = "r".repeat(64);
        test.shop.stock(&long, 1_000_000).await;
        let user = format!("{}@example.org", "u".repeat(116));
        test.shop.reserve_units(&long, &user, 999_999).await;
        for user in ["second", "third"] {
            test.shop.reserve_units(&long, user, 1_000_000).await;
        }
        let reason = json!({"sku": long, "quantity": 1, "reason": "w".repeat(200)});
        let restocked = test.shop.post("/inventory/restock", reason).await;
        restocked.assert_status(200);
        let dashboard = DashboardPage::open(test).await;
        dashboard.lists(&[&long]).await;
        dashboard.0.assert_tables_fit(1_280, 1).await;
        dashboard.0.assert_tables_fit(360, 1).await;
        dashboard.0.click("#skus-rows a").await;
        dashboard.waiting_are(&["second", "third"]).await;
        dashboard.0.is_visible("#chart svg").await;
        dashboard.0.click("#chart-table-details summary").await;
        dashboard.0.is_visible("#holds-users tr").await;
        dashboard.0.click("#reservations [data-user]").await;
        dashboard.0.is_visible("#user-reservations tr").await;
        dashboard.0.assert_tables_fit(360, 6).await;
        dashboard.0.assert_tables_fit(1_280, 7).await;
    })
    .await;
}

#[tokio::test]
async fn no_row_of_the_ledger_on_the_demo_page_is_cut_off() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.0.fill("#custom-sale-quantity", "1000000").await;
        demo.0.click("#custom-sale-start").await;
        demo.0.reads("[data-stock=available]", "1,000,000").await;
        demo.click("A", "reserve").await;
        demo.click("B", "reserve").await;
        demo.shopper_is("B", "Held").await;
        demo.0.is_visible("#ledger tr:nth-child(3)").await;
        demo.0.assert_tables_fit(1_280, 1).await;
        demo.0.assert_tables_fit(360, 1).await;
    })
    .await;
}

#[tokio::test]
async fn the_key_dialog_fits_every_window() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(UNAUTHORIZED);
        let key = test.create_first_key().await;
        let demo = DemoPage::open(test).await;
        demo.step(1).await;
        demo.0.enter_key("fh_wrong").await;
        demo.0.rejects_key("rejected this key").await;
        demo.0.assert_fits_everywhere("key-rejected").await;
        demo.0.click("#key-dialog [data-close]").await;
        demo.0.is_visible("#banner[data-state=key-required]").await;
        demo.0.is_visible("#walkthrough-error > *").await;
        demo.0.assert_fits_everywhere("key-missing").await;
        demo.0.click("#banner-button").await;
        demo.0.enter_key(&key).await;
        demo.0.accepts_key().await;
        demo.0.is_gone("#walkthrough-error > *").await;
        demo.0.assert_fits_everywhere("key-in-use").await;
    })
    .await;
}
