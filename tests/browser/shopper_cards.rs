//! Shoppers who wait, and hear of it without a reload.

use serde_json::json;

use crate::demo::Demo;
use crate::stage::{Stage, play};

#[tokio::test]
async fn a_waiting_shopper_sees_the_promotion() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.sell(1, 600).await;
        let sku = demo.sku().await;
        let rival = stage.shop.reserve(&sku, "a rival elsewhere").await.id();
        demo.click("A", "reserve").await;
        demo.shopper_is("A", "WAITLISTED").await;
        demo.counts([0, 1, 0, 1]).await;
        let body = json!({"reservation_id": rival});
        stage
            .shop
            .post("/checkout/cancel", body)
            .await
            .assert_status(200);
        demo.shopper_is("A", "RESERVED").await;
        demo.counts([0, 1, 0, 0]).await;
        demo.click("A", "confirm").await;
        demo.shopper_is("A", "CONFIRMED").await;
        demo.0.was_not_reloaded().await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_runs_out_passes_on() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.sell(1, 5).await;
        demo.click("A", "reserve").await;
        demo.shopper_is("A", "RESERVED").await;
        demo.click("B", "reserve").await;
        demo.shopper_is("B", "WAITLISTED").await;
        demo.shopper_is("A", "EXPIRED").await;
        demo.shopper_is("B", "RESERVED").await;
        demo.0.was_not_reloaded().await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_counts_down() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.sell(1, 65).await;
        demo.click("A", "reserve").await;
        demo.shopper_is("A", "RESERVED").await;
        let countdown = "[data-shopper=A] [data-field=countdown]";
        demo.0.mentions(countdown, "1:0").await;
        demo.0.mentions(countdown, "0:5").await;
        demo.click("A", "confirm").await;
        demo.0
            .shows("[data-shopper=A] [data-field=sign]", "✓")
            .await;
        demo.0.shows(countdown, "").await;
    })
    .await;
}
