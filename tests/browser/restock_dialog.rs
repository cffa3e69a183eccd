//! The dialog that adjusts stock: it adjusts the SKU it names, exactly once, and reports what happened.

use crate::dashboard_page::DashboardPage;
use crate::harness::{BrowserTest, run};

const RESTOCK: &str = "/inventory/restock";
const UNREACHABLE: &str = "Can’t reach the server";

/// Loses the first request before it reaches the server, and records the keys of all.
const LOSE_FIRST_REQUEST: &str = "
    const real = window.fetch;
    window.keys = [];
    window.fetch = async (path, options) => {
        if (path !== arguments[0]) return real(path, options);
        window.keys.push(options.headers['idempotency-key']);
        if (window.keys.length === 1) throw new TypeError('the request is lost');
        return real(path, options);
    };";

async fn total(test: &BrowserTest, sku: &str) -> i64 {
    test.shop.inventory(sku).await.number("total_quantity")
}

/// Adds 10 units and loses the response.
async fn add_ten_without_response(dashboard: &DashboardPage) {
    dashboard.0.lose_next_response(RESTOCK).await;
    dashboard.0.click("#restock-open").await;
    dashboard.0.click("#restock-submit").await;
    let problem = "#restock-form [data-problem]";
    dashboard.0.contains(problem, UNREACHABLE).await;
}

#[tokio::test]
async fn the_dialog_adjusts_the_sku_that_it_names_and_closes_on_navigation() {
    run(async |test: &mut BrowserTest| {
        for sku in ["kale", "leeks"] {
            test.shop.stock(sku, 5).await;
        }
        let dashboard = DashboardPage::open_at(test, "kale").await;
        dashboard
            .0
            .script("location.hash = '#sku=leeks'", &[])
            .await;
        dashboard.0.reads("#detail-title", "leeks").await;
        dashboard.0.click("#restock-open").await;
        let title = "#restock-title";
        dashboard.0.reads(title, "Adjust stock of leeks").await;
        dashboard
            .0
            .reads("#restock-submit", "Add 10 units to leeks")
            .await;
        // Going back at the moment of the click must not change which SKU is adjusted.
        let both = "history.back(); document.querySelector('#restock-submit').click()";
        dashboard.0.script(both, &[]).await;
        dashboard.says("Added 10 units to leeks").await;
        dashboard.0.is_gone("#restock-dialog").await;
        dashboard.0.reads("#detail-title", "kale").await;
        assert_eq!(total(test, "kale").await, 5);
        assert_eq!(total(test, "leeks").await, 15);
        dashboard.0.click("#restock-open").await;
        dashboard.0.reads(title, "Adjust stock of kale").await;
        dashboard.0.script("history.forward()", &[]).await;
        dashboard.0.is_gone("#restock-dialog").await;
        dashboard.0.reads("#detail-title", "leeks").await;
    })
    .await;
}

#[tokio::test]
async fn a_repeated_change_is_reported_as_already_applied() {
    run(async |test: &mut BrowserTest| {
        test.shop.stock("mint", 50).await;
        let dashboard = DashboardPage::open_at(test, "mint").await;
        dashboard.counts([50, 0, 0, 0]).await;
        add_ten_without_response(&dashboard).await;
        dashboard.counts([60, 0, 0, 0]).await;
        dashboard.0.click("#restock-submit").await;
        dashboard.says("Already applied: added 10 units").await;
        dashboard.says("Nothing changed this time").await;
        assert_eq!(total(test, "mint").await, 60);
    })
    .await;
}

#[tokio::test]
async fn a_dialog_reopened_over_a_newer_state_makes_a_new_change() {
    run(async |test: &mut BrowserTest| {
        test.shop.stock("nettles", 50).await;
        let dashboard = DashboardPage::open_at(test, "nettles").await;
        dashboard.counts([50, 0, 0, 0]).await;
        add_ten_without_response(&dashboard).await;
        dashboard.counts([60, 0, 0, 0]).await;
        dashboard.0.click("#restock-dialog [data-close]").await;
        dashboard.0.click("#restock-open").await;
        dashboard
            .0
            .contains("#restock-effect", "70 after this change")
            .await;
        dashboard.0.click("#restock-submit").await;
        dashboard
            .says("Added 10 units to nettles. 70 available")
            .await;
        assert_eq!(total(test, "nettles").await, 70);
    })
    .await;
}

#[tokio::test]
async fn a_dialog_reopened_over_the_same_state_retries_the_same_change() {
    run(async |test: &mut BrowserTest| {
        test.shop.stock("onions", 50).await;
        let dashboard = DashboardPage::open_at(test, "onions").await;
        dashboard.counts([50, 0, 0, 0]).await;
        dashboard.0.script(LOSE_FIRST_REQUEST, &[RESTOCK]).await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.click("#restock-submit").await;
        let problem = "#restock-form [data-problem]";
        dashboard.0.contains(problem, UNREACHABLE).await;
        dashboard.0.click("#restock-dialog [data-close]").await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.click("#restock-submit").await;
        dashboard
            .says("Added 10 units to onions. 60 available")
            .await;
        let keys = dashboard.0.script("return window.keys", &[]).await;
        assert_eq!(keys[0], keys[1], "{keys}");
        assert!(keys[0].is_string(), "{keys}");
        assert_eq!(total(test, "onions").await, 60);
    })
    .await;
}

#[tokio::test]
async fn the_page_reports_the_outcome_of_a_dialog_closed_early() {
    run(async |test: &mut BrowserTest| {
        test.shop.stock("okra", 5).await;
        let dashboard = DashboardPage::open_at(test, "okra").await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.lose_next_response(RESTOCK).await;
        let both = "document.querySelector('#restock-submit').click();
            document.querySelector('#restock-dialog [data-close]').click()";
        dashboard.0.script(both, &[]).await;
        dashboard.says("Adjust stock of okra").await;
        dashboard.says(UNREACHABLE).await;
        dashboard.0.is_visible("#result[data-done=false]").await;
        dashboard.counts([15, 0, 0, 0]).await;
    })
    .await;
}
