//! The table of SKUs on the dashboard: sorted, searched, filtered and kept fresh.

use fantoccini::key::Key;

use crate::dashboard_page::{DashboardPage, sell_out};
use crate::harness::{BrowserTest, run};

#[tokio::test]
async fn the_table_sorts_searches_and_filters() {
    run(async |test: &mut BrowserTest| {
        test.shop.stock("apples", 5).await;
        test.shop.stock("beetroots", 50).await;
        sell_out(test, "cherries", "holder", &["waiting"]).await;
        let dashboard = DashboardPage::open(test).await;
        dashboard.lists(&["apples", "beetroots", "cherries"]).await;
        dashboard.sort_by("sku").await;
        dashboard.lists(&["cherries", "beetroots", "apples"]).await;
        dashboard.sort_by("available_inventory").await;
        dashboard.lists(&["beetroots", "apples", "cherries"]).await;
        let column = "[data-sort=available_inventory][aria-sort=descending]";
        dashboard.0.is_visible(column).await;
        dashboard.0.fill("#search", "EE").await;
        dashboard.lists(&["beetroots"]).await;
        dashboard.0.fill("#search", "none").await;
        dashboard.lists(&[]).await;
        dashboard.0.contains("#skus-empty", "No SKUs match").await;
        dashboard.0.fill("#search", "e").await;
        dashboard.0.choose("#health-filter", "High demand").await;
        dashboard.lists(&["cherries"]).await;
    })
    .await;
}

#[tokio::test]
async fn the_table_shows_changes_made_elsewhere() {
    run(async |test: &mut BrowserTest| {
        test.shop.stock("apples", 5).await;
        let dashboard = DashboardPage::open(test).await;
        dashboard.lists(&["apples"]).await;
        test.shop.stock("beetroots", 7).await;
        dashboard.lists(&["apples", "beetroots"]).await;
        test.shop.reserve_units("beetroots", "buyer", 3).await;
        let row = "[data-sku=beetroots] td.number";
        dashboard.0.lists(row, &["4", "3", "0", "0"]).await;
        dashboard.0.reads("#total-available", "9").await;
        dashboard.0.assert_not_reloaded().await;
    })
    .await;
}

#[tokio::test]
async fn enter_opens_the_exact_sku_first() {
    run(async |test: &mut BrowserTest| {
        for sku in ["dried-fig", "fig", "fig-tree"] {
            test.shop.stock(sku, 5).await;
        }
        let dashboard = DashboardPage::open(test).await;
        for (wanted, opened) in [("fig", "fig"), ("tree", "fig-tree")] {
            dashboard.0.fill("#search", wanted).await;
            dashboard.0.press(&[Key::Enter]).await;
            dashboard.0.reads("#detail-title", opened).await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_focus_stays_on_its_sku_when_rows_move() {
    run(async |test: &mut BrowserTest| {
        for (sku, quantity) in [("apples", 5), ("beetroots", 50), ("carrots", 20)] {
            test.shop.stock(sku, quantity).await;
        }
        let dashboard = DashboardPage::open(test).await;
        dashboard.sort_by("available_inventory").await;
        dashboard.lists(&["beetroots", "carrots", "apples"]).await;
        let focus = "document.querySelector('[data-sku=apples] a').focus()";
        dashboard.0.script(focus, &[]).await;
        test.shop.restock("apples", 95).await.assert_status(200);
        dashboard.lists(&["apples", "beetroots", "carrots"]).await;
        dashboard.0.is_visible("[data-sku=apples] a:focus").await;
        test.shop.restock("carrots", 95).await.assert_status(200);
        dashboard.lists(&["carrots", "apples", "beetroots"]).await;
        dashboard.0.is_visible("[data-sku=apples] a:focus").await;
        dashboard.0.press(&[Key::Enter]).await;
        dashboard.0.reads("#detail-title", "apples").await;
    })
    .await;
}

#[tokio::test]
async fn long_lists_are_shown_one_page_at_a_time() {
    run(async |test: &mut BrowserTest| {
        for number in 1..=51 {
            test.shop.stock(&format!("sku-{number:02}"), 1).await;
            test.shop.restock("sku-01", 1).await.assert_status(200);
        }
        let dashboard = DashboardPage::open_at(test, "sku-01").await;
        dashboard.0.reads("#page-text", "1–50 of 51").await;
        dashboard.0.is_visible("[data-sku=sku-50]").await;
        dashboard.0.click("#page-next").await;
        dashboard.lists(&["sku-51"]).await;
        dashboard.0.reads("#page-text", "51–51 of 51").await;
        dashboard.0.click("#page-previous").await;
        dashboard.0.is_visible("[data-sku=sku-01]").await;
        dashboard.0.reads("#ledger tr:last-child td", "3").await;
        dashboard.0.click("#ledger-more").await;
        dashboard.0.reads("#ledger tr:last-child td", "1").await;
        dashboard.0.is_gone("#ledger-more").await;
    })
    .await;
}
