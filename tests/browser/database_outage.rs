//! A database outage as the pages show it, while their event streams stay open.

use fairhold_test_kit::{Cluster, PostgresHost, assert_sound};

use crate::dashboard_page::DashboardPage;
use crate::demo_page::DemoPage;
use crate::harness::{Browser, BrowserTest, run};

/// The console message for a response with status 503.
const UNAVAILABLE: &str = "503 (Service";

async fn connection_status_is(page: &Browser, mode: &str) {
    page.reads("#connection-status-text", mode).await;
}

async fn stop(database: &Cluster<'_>, pages: [&Browser; 2]) {
    database.stop("immediate").await;
    for page in pages {
        connection_status_is(page, "Degraded").await;
        page.contains("#banner[data-state=degraded]", "can’t work")
            .await;
    }
}

async fn start(database: &Cluster<'_>, pages: [&Browser; 2]) {
    database.start().await;
    for page in pages {
        connection_status_is(page, "Live").await;
        page.is_gone("#banner[data-state=degraded]").await;
    }
}

#[tokio::test]
async fn pages_report_a_database_outage_and_recover_by_themselves() {
    let Some(site) = PostgresHost::having(&["initdb", "pg_ctl"]).await else {
        return;
    };
    let database = site.cluster("shop", "").await;
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(UNAVAILABLE);
        test.serve_database(&database.url("postgres")).await;
        let demo = DemoPage::open(test).await;
        demo.sell(2, 600).await;
        let sku = demo.sku().await;
        let dashboard = DashboardPage::open_at(test, &sku).await;
        let pages = [&demo.0, &dashboard.0];
        for page in pages {
            connection_status_is(page, "Live").await;
        }
        stop(&database, pages).await;
        demo.click("A", "reserve").await;
        let error = "[data-shopper=A] [data-field=error]";
        demo.0.contains(error, "503 database-unavailable").await;
        start(&database, pages).await;
        demo.click("A", "reserve").await;
        demo.shopper_is("A", "Held").await;
        dashboard.counts([1, 1, 0, 0]).await;
        dashboard.holders_are(&[&demo.user("A").await]).await;
        demo.0.assert_not_reloaded().await;
        dashboard.0.assert_not_reloaded().await;
        assert_sound(&database.url("postgres")).await;
    })
    .await;
}
