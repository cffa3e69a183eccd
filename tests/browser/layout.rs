//! Pages that fit into every window, light and dark. Their pictures are in `target/screenshots`.

use crate::dashboard::{Dashboard, sell_out};
use crate::demo::Demo;
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
