//! Changes made on the dashboard: each is confirmed first and reported after.

use fantoccini::key::Key;

use crate::dashboard_page::{DashboardPage, sell_out};
use crate::harness::{BrowserTest, run};

/// The console message for a response with status 422.
pub(crate) const VALIDATION_FAILED: &str = "422 (Unprocessable";
/// The console message for a response with status 404.
const NOT_FOUND: &str = "404 (Not Found";

#[tokio::test]
async fn the_create_dialog_creates_a_sku() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(VALIDATION_FAILED);
        let dashboard = DashboardPage::open(test).await;
        dashboard.0.click("#create-open").await;
        dashboard.0.fill("#create-sku", "no spaces please").await;
        dashboard.0.fill("#create-quantity", "12").await;
        dashboard.0.click("#create-submit").await;
        dashboard
            .0
            .is_visible("#create-sku[aria-invalid=true]")
            .await;
        dashboard
            .0
            .contains("#create-form [data-problem]", "sku")
            .await;
        dashboard.0.fill("#create-sku", "dates").await;
        dashboard.0.click("#create-submit").await;
        dashboard.says("Created dates with 12 units").await;
        dashboard.0.reads("#detail-title", "dates").await;
        dashboard.counts([12, 0, 0, 0]).await;
        dashboard.lists(&["dates"]).await;
        let made = test.shop.get("/inventory/dates").await;
        assert_eq!(made.number("total_quantity"), 12);
    })
    .await;
}

#[tokio::test]
async fn a_sku_that_does_not_exist_can_be_created_from_its_url() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(NOT_FOUND);
        let dashboard = DashboardPage::go_to(test, "elderberries").await;
        let missing = "#detail-missing-text";
        dashboard
            .0
            .reads(missing, "No SKU named elderberries.")
            .await;
        dashboard.0.click("#create-missing").await;
        dashboard.0.fill("#create-quantity", "3").await;
        dashboard.0.click("#create-submit").await;
        dashboard.says("Created elderberries with 3 units").await;
        dashboard.counts([3, 0, 0, 0]).await;
        dashboard.0.is_gone(missing).await;
    })
    .await;
}

#[tokio::test]
async fn added_stock_goes_to_waiting_shoppers() {
    run(async |test: &mut BrowserTest| {
        sell_out(test, "figs", "first", &["second", "third"]).await;
        let dashboard = DashboardPage::open_at(test, "figs").await;
        dashboard
            .0
            .contains("#detail-settings", "1 unit total")
            .await;
        dashboard.waiting_are(&["second", "third"]).await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.fill("#restock-quantity", "5").await;
        dashboard.0.fill("#restock-reason", "a late delivery").await;
        dashboard
            .0
            .contains("#restock-effect", "2 people are waiting")
            .await;
        dashboard.0.click("#restock-submit").await;
        dashboard
            .says("Added 5 units to figs. 2 waiting shoppers now hold units")
            .await;
        dashboard.counts([3, 3, 0, 0]).await;
        dashboard.waiting_are(&[]).await;
        dashboard.0.contains("#ledger", "a late delivery").await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_is_cancelled_only_after_confirmation() {
    run(async |test: &mut BrowserTest| {
        sell_out(test, "grapes", "first", &["second"]).await;
        let dashboard = DashboardPage::open_at(test, "grapes").await;
        dashboard.holders_are(&["first"]).await;
        dashboard.0.click("#reservations [data-cancel]").await;
        dashboard
            .0
            .contains("#cancel-text", "first loses this 1-unit hold")
            .await;
        dashboard.0.click("#cancel-dialog [data-close]").await;
        dashboard.0.is_gone("#cancel-dialog").await;
        let kept = test.shop.get("/inventory/grapes").await;
        assert_eq!(kept.number("waitlist_size"), 1);
        dashboard.0.click("#reservations [data-cancel]").await;
        dashboard.0.click("#cancel-submit").await;
        dashboard.says("Cancelled the hold of first").await;
        dashboard.holders_are(&["second"]).await;
        dashboard.waiting_are(&[]).await;
        dashboard.counts([0, 1, 0, 0]).await;
    })
    .await;
}

#[tokio::test]
async fn stock_can_be_adjusted_by_keyboard_alone() {
    run(async |test: &mut BrowserTest| {
        test.shop.stock("lemons", 2).await;
        let dashboard = DashboardPage::open(test).await;
        dashboard.lists(&["lemons"]).await;
        dashboard.tab_to("#skus-rows a").await;
        dashboard.0.press(&[Key::Enter]).await;
        dashboard.counts([2, 0, 0, 0]).await;
        dashboard.tab_to("#restock-open").await;
        dashboard.0.press(&[Key::Enter]).await;
        dashboard.0.is_visible("#restock-quantity:focus").await;
        dashboard.tab_to("[data-close]").await;
        dashboard.0.press(&[Key::Escape]).await;
        dashboard.0.is_gone("#restock-dialog").await;
        dashboard.0.is_visible("#restock-open:focus").await;
        dashboard.0.press(&[Key::Enter, Key::Enter]).await;
        dashboard.says("Added 10 units to lemons").await;
        dashboard.0.is_visible("#restock-open:focus").await;
        dashboard.counts([12, 0, 0, 0]).await;
    })
    .await;
}
