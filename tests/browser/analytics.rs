//! The analytics on the dashboard: stock over time, hold outcomes, and users.

use serde_json::json;

use crate::dashboard_page::{DashboardPage, sell_out};
use crate::harness::{BrowserTest, run};

#[tokio::test]
async fn the_chart_and_its_table_show_the_stock_over_time() {
    run(async |test: &mut BrowserTest| {
        sell_out(test, "limes", "first", &["second"]).await;
        let dashboard = DashboardPage::open_at(test, "limes").await;
        dashboard
            .0
            .contains("#chart-readout", "0 available, 1 held, 0 sold, 1 waiting")
            .await;
        for kind in ["available", "held", "sold", "waiting"] {
            let area = format!("#chart svg polygon[data-kind={kind}]");
            dashboard.0.is_visible(&area).await;
        }
        dashboard.0.click("#chart-table-details summary").await;
        dashboard
            .0
            .lists("#chart-table tr:first-child td", &["0", "1", "0", "1"])
            .await;
    })
    .await;
}

#[tokio::test]
async fn the_user_dialog_shows_the_behavior_of_a_user() {
    run(async |test: &mut BrowserTest| {
        for sku in ["mangoes", "nuts"] {
            test.shop.stock(sku, 9).await;
        }
        let cancelled = test.shop.reserve("mangoes", "ada@example.org").await;
        let body = json!({"reservation_id": cancelled.id()});
        test.shop.post("/checkout/cancel", body).await;
        let bought = test.shop.reserve("nuts", "ada@example.org").await;
        let body = json!({"reservation_id": bought.id()});
        test.shop.post("/checkout/confirm", body).await;
        let dashboard = DashboardPage::open_at(test, "mangoes").await;
        dashboard.0.reads("#holds-cancelled", "1").await;
        dashboard.0.fill("#user-id", "ada@example.org").await;
        dashboard.0.click("#user-lookup button").await;
        dashboard.0.reads("#user-title", "ada@example.org").await;
        dashboard.0.contains("#user-tier", "Full tier").await;
        dashboard.0.reads("#user-confirmed", "1").await;
        dashboard.0.reads("#user-cancelled", "1").await;
        let reservations = "#user-reservations th";
        dashboard.0.lists(reservations, &["nuts", "mangoes"]).await;
    })
    .await;
}
