//! Pages that fit into every window, light and dark. Their pictures are in `target/screenshots`.

use serde_json::json;

use crate::dashboard::{Dashboard, sell_out};
use crate::demo::Demo;
use crate::keyring::UNKNOWN;
use crate::stage::{Scheme, Stage, play};

#[tokio::test]
async fn the_demo_page_fits_into_every_window() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.0.fits_everywhere("demo-at-first").await;
        demo.sell(1, 600).await;
        demo.click("A", "reserve").await;
        demo.click("B", "reserve").await;
        demo.shopper_is("B", "WAITLISTED").await;
        demo.0.fits_everywhere("demo-with-a-line").await;
    })
    .await;
}

#[tokio::test]
async fn the_dashboard_fits_into_every_window() {
    play(async |stage: &mut Stage| {
        let long = "r".repeat(64);
        sell_out(stage, &long, &"u".repeat(128), &["second"]).await;
        stage.shop.stock("raisins", 1_000_000).await;
        let dashboard = Dashboard::open(stage).await;
        dashboard.lists(&["raisins", &long]).await;
        dashboard.0.fits_everywhere("dashboard-list").await;
        dashboard.0.look(1_280, Scheme::Light).await;
        dashboard.0.click("[data-sku^=rrr] a").await;
        dashboard.waited_for_by(&["second"]).await;
        dashboard.0.sees("#chart svg").await;
        dashboard.0.fits_everywhere("dashboard-sku").await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.fits_everywhere("dashboard-dialog").await;
    })
    .await;
}

#[tokio::test]
async fn no_table_is_cut() {
    play(async |stage: &mut Stage| {
        let long = "r".repeat(64);
        stage.shop.stock(&long, 1_000_000).await;
        let user = format!("{}@example.org", "u".repeat(116));
        stage.shop.reserve_units(&long, &user, 999_999).await;
        for user in ["second", "third"] {
            stage.shop.reserve_units(&long, user, 1_000_000).await;
        }
        let reason = json!({"sku": long, "quantity": 1, "reason": "w".repeat(200)});
        let restocked = stage.shop.post("/inventory/restock", reason).await;
        restocked.assert_status(200);
        let dashboard = Dashboard::open(stage).await;
        dashboard.lists(&[&long]).await;
        dashboard.0.shows_whole_tables(1_280, 1).await;
        dashboard.0.shows_whole_tables(360, 1).await;
        dashboard.0.click("#skus-rows a").await;
        dashboard.waited_for_by(&["second", "third"]).await;
        dashboard.0.sees("#chart svg").await;
        dashboard.0.click("#chart-table-details summary").await;
        dashboard.0.sees("#holds-users tr").await;
        dashboard.0.click("#reservations [data-user]").await;
        dashboard.0.sees("#user-reservations tr").await;
        dashboard.0.shows_whole_tables(360, 6).await;
        dashboard.0.shows_whole_tables(1_280, 7).await;
    })
    .await;
}

#[tokio::test]
async fn no_row_of_the_demo_pages_ledger_is_cut() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.0.fill("#setup-quantity", "1000000").await;
        demo.0.click("#reset").await;
        demo.0.shows("[data-stock=available]", "1,000,000").await;
        demo.click("A", "reserve").await;
        demo.click("B", "reserve").await;
        demo.shopper_is("B", "RESERVED").await;
        demo.0.sees("#ledger tr:nth-child(3)").await;
        demo.0.shows_whole_tables(1_280, 1).await;
        demo.0.shows_whole_tables(360, 1).await;
    })
    .await;
}

#[tokio::test]
async fn the_dialog_for_a_key_fits_into_every_window() {
    play(async |stage: &mut Stage| {
        stage.forgive(UNKNOWN);
        let key = stage.lock().await;
        let demo = Demo::open(stage).await;
        demo.step(1).await;
        demo.0.enter_key("fh_wrong").await;
        demo.0.hears_the_key_is_refused("unknown").await;
        demo.0.fits_everywhere("key-refused").await;
        demo.0.click("#key-dialog [data-close]").await;
        demo.0.sees("#banner[data-state=locked]").await;
        demo.0.sees("#story-error > *").await;
        demo.0.fits_everywhere("key-missing").await;
        demo.0.click("#banner-retry").await;
        demo.0.enter_key(&key).await;
        demo.0.has_a_key().await;
        demo.0.misses("#story-error > *").await;
        demo.0.fits_everywhere("key-in-use").await;
    })
    .await;
}
