//! Two people at one SKU, each with a browser of their own: what one does, the other sees.

use crate::dashboard::Dashboard;
use crate::demo::Demo;
use crate::stage::{Stage, play};

#[tokio::test]
async fn what_one_does_the_other_sees() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.sell(2, 600).await;
        let dashboard = Dashboard::open_at(stage, &demo.sku().await).await;
        demo.click("A", "reserve").await;
        dashboard.counts([1, 1, 0, 0]).await;
        dashboard.held_by(&[&demo.user("A").await]).await;
        dashboard.0.click("#reservations [data-cancel]").await;
        dashboard.0.click("#cancel-submit").await;
        demo.shopper_is("A", "CANCELLED").await;
        demo.counts([2, 0, 0, 0]).await;
        demo.click("B", "reserve").await;
        demo.shopper_is("B", "RESERVED").await;
        demo.click("B", "confirm").await;
        dashboard.counts([1, 0, 1, 0]).await;
        dashboard.held_by(&[]).await;
        demo.0.was_not_reloaded().await;
        dashboard.0.was_not_reloaded().await;
    })
    .await;
}

#[tokio::test]
async fn two_owners_see_the_same_stock() {
    play(async |stage: &mut Stage| {
        stage.shop.stock("olives", 3).await;
        let here = Dashboard::open_at(stage, "olives").await;
        let there = Dashboard::open_at(stage, "olives").await;
        here.0.click("#restock-open").await;
        here.0.fill("#restock-quantity", "-2").await;
        here.0.click("#restock-submit").await;
        here.says("2 units taken from olives").await;
        there.counts([1, 0, 0, 0]).await;
        there
            .0
            .lists("[data-sku=olives] td.number", &["1", "0", "0", "0"])
            .await;
        there.0.was_not_reloaded().await;
    })
    .await;
}
