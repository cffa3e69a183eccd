//! The cards of the shoppers on the demo page.

use serde_json::json;

use crate::demo_page::DemoPage;
use crate::harness::{BrowserTest, run};

#[tokio::test]
async fn a_waiting_shopper_sees_the_promotion_without_reloading() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.sell(1, 600).await;
        let sku = demo.sku().await;
        let other = test.shop.reserve(&sku, "another shopper").await.id();
        demo.click("A", "reserve").await;
        demo.shopper_is("A", "Waiting").await;
        demo.counts([0, 1, 0, 1]).await;
        let body = json!({"reservation_id": other});
        test.shop
            .post("/checkout/cancel", body)
            .await
            .assert_status(200);
        demo.shopper_is("A", "Held").await;
        demo.counts([0, 1, 0, 0]).await;
        demo.click("A", "confirm").await;
        demo.shopper_is("A", "Sold").await;
        demo.0.assert_not_reloaded().await;
    })
    .await;
}

#[tokio::test]
async fn a_waiting_shopper_reads_that_too_little_is_left_to_sell() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.sell(3, 600).await;
        let sku = demo.sku().await;
        let other = test.shop.reserve(&sku, "another shopper").await.id();
        demo.0
            .fill("[data-shopper=A] [data-field=quantity]", "3")
            .await;
        demo.click("A", "reserve").await;
        demo.says("A", "Waiting for 3 units. Next in line.").await;
        test.shop.confirm(&other).await.assert_status(200);
        let sentence = "Waiting for 3 units, more than are left to sell. A restock may still serve \
                        you; you keep your place.";
        demo.says("A", sentence).await;
        let body = json!({"sku": sku, "quantity": 1});
        test.shop
            .post("/inventory/restock", body)
            .await
            .assert_status(200);
        demo.shopper_is("A", "Held").await;
    })
    .await;
}

#[tokio::test]
async fn an_expired_hold_goes_to_the_next_in_line() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.sell(1, 5).await;
        demo.click("A", "reserve").await;
        demo.shopper_is("A", "Held").await;
        demo.click("B", "reserve").await;
        demo.shopper_is("B", "Waiting").await;
        demo.shopper_is("A", "Expired").await;
        demo.shopper_is("B", "Held").await;
        demo.0.assert_not_reloaded().await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_counts_down() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.sell(1, 65).await;
        demo.click("A", "reserve").await;
        demo.shopper_is("A", "Held").await;
        let countdown = "[data-shopper=A] [data-field=countdown]";
        demo.0.contains(countdown, "1:0").await;
        demo.0.contains(countdown, "0:5").await;
        demo.click("A", "confirm").await;
        demo.0
            .reads("[data-shopper=A] [data-field=sign]", "✓")
            .await;
        demo.0.reads(countdown, "").await;
    })
    .await;
}
