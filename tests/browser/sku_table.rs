//! The dashboard's list: sorted, searched, filtered, and as fresh as the stock.

use fantoccini::key::Key;

use crate::dashboard::{Dashboard, sell_out};
use crate::stage::{Stage, play};

#[tokio::test]
async fn the_list_is_sorted_searched_and_filtered() {
    play(async |stage: &mut Stage| {
        stage.shop.stock("apples", 5).await;
        stage.shop.stock("beetroots", 50).await;
        sell_out(stage, "cherries", "holder", &["waiting"]).await;
        let dashboard = Dashboard::open(stage).await;
        dashboard.lists(&["apples", "beetroots", "cherries"]).await;
        dashboard.sort_by("sku").await;
        dashboard.lists(&["cherries", "beetroots", "apples"]).await;
        dashboard.sort_by("available_inventory").await;
        dashboard.lists(&["beetroots", "apples", "cherries"]).await;
        let column = "[data-sort=available_inventory][aria-sort=descending]";
        dashboard.0.sees(column).await;
        dashboard.0.fill("#search", "EE").await;
        dashboard.lists(&["beetroots"]).await;
        dashboard.0.fill("#search", "none").await;
        dashboard.lists(&[]).await;
        dashboard.0.mentions("#skus-empty", "No SKU fits").await;
        dashboard.0.fill("#search", "e").await;
        dashboard.0.choose("#health-filter", "High demand").await;
        dashboard.lists(&["cherries"]).await;
    })
    .await;
}

#[tokio::test]
async fn the_list_hears_of_what_happens_elsewhere() {
    play(async |stage: &mut Stage| {
        stage.shop.stock("apples", 5).await;
        let dashboard = Dashboard::open(stage).await;
        dashboard.lists(&["apples"]).await;
        stage.shop.stock("beetroots", 7).await;
        dashboard.lists(&["apples", "beetroots"]).await;
        stage.shop.reserve_units("beetroots", "buyer", 3).await;
        let row = "[data-sku=beetroots] td.number";
        dashboard.0.lists(row, &["4", "3", "0", "0"]).await;
        dashboard.0.shows("#total-available", "9").await;
        dashboard.0.was_not_reloaded().await;
    })
    .await;
}

#[tokio::test]
async fn enter_opens_the_sku_of_exactly_that_name() {
    play(async |stage: &mut Stage| {
        for sku in ["dried-fig", "fig", "fig-tree"] {
            stage.shop.stock(sku, 5).await;
        }
        let dashboard = Dashboard::open(stage).await;
        for (wanted, opened) in [("fig", "fig"), ("tree", "fig-tree")] {
            dashboard.0.fill("#search", wanted).await;
            dashboard.0.press(&[Key::Enter]).await;
            dashboard.0.shows("#detail-title", opened).await;
        }
    })
    .await;
}

#[tokio::test]
async fn focus_stays_with_its_sku_while_rows_move() {
    play(async |stage: &mut Stage| {
        for (sku, quantity) in [("apples", 5), ("beetroots", 50), ("carrots", 20)] {
            stage.shop.stock(sku, quantity).await;
        }
        let dashboard = Dashboard::open(stage).await;
        dashboard.sort_by("available_inventory").await;
        dashboard.lists(&["beetroots", "carrots", "apples"]).await;
        let focus = "document.querySelector('[data-sku=apples] a').focus()";
        dashboard.0.script(focus, &[]).await;
        stage.shop.restock("apples", 95).await.assert_status(200);
        dashboard.lists(&["apples", "beetroots", "carrots"]).await;
        dashboard.0.sees("[data-sku=apples] a:focus").await;
        stage.shop.restock("carrots", 95).await.assert_status(200);
        dashboard.lists(&["carrots", "apples", "beetroots"]).await;
        dashboard.0.sees("[data-sku=apples] a:focus").await;
        dashboard.0.press(&[Key::Enter]).await;
        dashboard.0.shows("#detail-title", "apples").await;
    })
    .await;
}

#[tokio::test]
async fn lists_that_are_long_are_read_a_page_at_a_time() {
    play(async |stage: &mut Stage| {
        for number in 1..=51 {
            stage.shop.stock(&format!("sku-{number:02}"), 1).await;
            stage.shop.restock("sku-01", 1).await.assert_status(200);
        }
        let dashboard = Dashboard::open_at(stage, "sku-01").await;
        dashboard.0.shows("#page-text", "1–50 of 51").await;
        dashboard.0.sees("[data-sku=sku-50]").await;
        dashboard.0.click("#page-after").await;
        dashboard.lists(&["sku-51"]).await;
        dashboard.0.shows("#page-text", "51–51 of 51").await;
        dashboard.0.click("#page-before").await;
        dashboard.0.sees("[data-sku=sku-01]").await;
        dashboard.0.shows("#ledger tr:last-child td", "3").await;
        dashboard.0.click("#ledger-more").await;
        dashboard.0.shows("#ledger tr:last-child td", "1").await;
        dashboard.0.misses("#ledger-more").await;
    })
    .await;
}
