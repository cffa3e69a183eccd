//! Two people with a browser each at the same SKU.

use crate::dashboard_page::DashboardPage;
use crate::demo_page::DemoPage;
use crate::harness::{BrowserTest, run};

#[tokio::test]
async fn demo_page_and_dashboard_show_each_others_changes() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.sell(2, 600).await;
        let dashboard = DashboardPage::open_at(test, &demo.sku().await).await;
        demo.click("A", "reserve").await;
        dashboard.counts([1, 1, 0, 0]).await;
        dashboard.holders_are(&[&demo.user("A").await]).await;
        dashboard.0.click("#reservations [data-cancel]").await;
        dashboard.0.click("#cancel-submit").await;
        demo.shopper_is("A", "Cancelled").await;
        demo.counts([2, 0, 0, 0]).await;
        demo.click("B", "reserve").await;
        demo.shopper_is("B", "Held").await;
        demo.click("B", "confirm").await;
        dashboard.counts([1, 0, 1, 0]).await;
        dashboard.holders_are(&[]).await;
        demo.0.assert_not_reloaded().await;
        dashboard.0.assert_not_reloaded().await;
    })
    .await;
}

#[tokio::test]
async fn two_dashboards_show_the_same_stock() {
    run(async |test: &mut BrowserTest| {
        test.shop.stock("olives", 3).await;
        let here = DashboardPage::open_at(test, "olives").await;
        let there = DashboardPage::open_at(test, "olives").await;
        here.0.click("#restock-open").await;
        here.0.fill("#restock-quantity", "-2").await;
        here.0.click("#restock-submit").await;
        here.says("Removed 2 units from olives").await;
        there.counts([1, 0, 0, 0]).await;
        there
            .0
            .lists("[data-sku=olives] td.number", &["1", "0", "0", "0"])
            .await;
        there.0.assert_not_reloaded().await;
    })
    .await;
}
