//! A server outage as the pages show it.

use crate::dashboard_page::DashboardPage;
use crate::demo_page::DemoPage;
use crate::harness::{BrowserTest, run};

/// The console message for a failed connection.
pub(crate) const CONNECTION_FAILED: &str = "net::ERR_";

#[tokio::test]
async fn the_demo_page_reports_a_server_outage_and_recovers() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(CONNECTION_FAILED);
        let demo = DemoPage::open(test).await;
        demo.sell(1, 600).await;
        demo.click("A", "reserve").await;
        demo.shopper_is("A", "Held").await;
        test.server.kill().await;
        demo.0.contains("#banner", "Can’t reach the server").await;
        demo.click("A", "confirm").await;
        demo.0
            .contains(
                "[data-shopper=A] [data-field=error]",
                "Can’t reach the server",
            )
            .await;
        test.restart_server().await;
        demo.0
            .is_visible("#banner[data-state=none], #banner[data-state=restored]")
            .await;
        demo.shopper_is("A", "Held").await;
        demo.click("A", "confirm").await;
        demo.shopper_is("A", "Sold").await;
        demo.counts([0, 0, 1, 0]).await;
        demo.0.assert_not_reloaded().await;
    })
    .await;
}

#[tokio::test]
async fn the_dashboard_reports_a_server_outage_and_catches_up() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(CONNECTION_FAILED);
        test.shop.stock("spinach", 4).await;
        let dashboard = DashboardPage::open_at(test, "spinach").await;
        dashboard.counts([4, 0, 0, 0]).await;
        test.server.kill().await;
        dashboard
            .0
            .contains("#banner", "Can’t reach the server")
            .await;
        test.restart_server().await;
        test.shop
            .reserve("spinach", "early")
            .await
            .assert_status(201);
        dashboard
            .0
            .is_gone("#banner[data-state=disconnected]")
            .await;
        dashboard.counts([3, 1, 0, 0]).await;
        dashboard.holders_are(&["early"]).await;
        dashboard.0.assert_not_reloaded().await;
    })
    .await;
}
