//! The story of the demo page: from an empty shelf to a sale, in seven steps.

use crate::demo::Demo;
use crate::stage::{Stage, play};

#[tokio::test]
async fn the_seven_steps_are_taken_by_clicking() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.step(1).await;
        demo.counts([1, 0, 0, 0]).await;
        demo.health_is("HEALTHY").await;
        demo.step(2).await;
        demo.shopper_is("A", "RESERVED").await;
        demo.counts([0, 1, 0, 0]).await;
        demo.step(3).await;
        demo.shopper_is("B", "WAITLISTED").await;
        demo.health_is("HIGH_DEMAND").await;
        demo.step(4).await;
        demo.shopper_is("A", "CANCELLED").await;
        demo.step(5).await;
        demo.shopper_is("B", "RESERVED").await;
        demo.counts([0, 1, 0, 0]).await;
        demo.step(6).await;
        demo.shopper_is("B", "CONFIRMED").await;
        demo.step(7).await;
        demo.told(7).await;
        demo.counts([0, 0, 1, 0]).await;
        demo.health_is("OUT_OF_STOCK").await;
        sold_to(stage, &demo, "B").await;
    })
    .await;
}

/// The server's own answer, asked without the page.
async fn sold_to(stage: &Stage, demo: &Demo, shopper: &str) {
    let inventory = format!("/inventory/{}", demo.sku().await);
    let inventory = stage.shop.get(&inventory).await;
    assert_eq!(inventory.number("sold_quantity"), 1);
    let user = demo.user(shopper).await;
    let bought = format!("/reservations?user_id={user}&status=CONFIRMED");
    let bought = stage.shop.get(&bought).await.body;
    assert_eq!(bought["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_flash_sale_serves_a_crowd_in_order() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.0.fill("#flash-units", "3").await;
        demo.0.fill("#flash-shoppers", "20").await;
        demo.0.click("#flash-start").await;
        demo.0.sees("#line .chip:nth-child(20)").await;
        demo.0.sees("#line .chip[data-state=sold]").await;
        demo.0.shows("[data-promise=oversold]", "0").await;
        demo.0.shows("[data-promise=outOfTurn]", "0").await;
        demo.0.mentions("#last-call", "curl").await;
        let inventory = format!("/inventory/{}", demo.sku().await);
        let inventory = stage.shop.get(&inventory).await;
        assert_eq!(inventory.number("total_quantity"), 3);
    })
    .await;
}
