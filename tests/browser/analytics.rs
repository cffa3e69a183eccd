//! What the dashboard knows of the past: the stock over time, how holds ended, and users.

use serde_json::json;

use crate::dashboard::{Dashboard, sell_out};
use crate::stage::{Stage, play};

#[tokio::test]
async fn the_stock_over_time_is_drawn_and_can_be_read() {
    play(async |stage: &mut Stage| {
        sell_out(stage, "limes", "first", &["second"]).await;
        let dashboard = Dashboard::open_at(stage, "limes").await;
        dashboard
            .0
            .mentions("#chart-readout", "0 available, 1 held, 0 sold, 1 waiting")
            .await;
        for kind in ["available", "reserved", "sold", "waiting"] {
            let area = format!("#chart svg polygon[data-kind={kind}]");
            dashboard.0.sees(&area).await;
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
async fn a_users_behaviour_is_told() {
    play(async |stage: &mut Stage| {
        for sku in ["mangoes", "nuts"] {
            stage.shop.stock(sku, 9).await;
        }
        let given_up = stage.shop.reserve("mangoes", "ada@example.org").await;
        let body = json!({"reservation_id": given_up.id()});
        stage.shop.post("/checkout/cancel", body).await;
        let bought = stage.shop.reserve("nuts", "ada@example.org").await;
        let body = json!({"reservation_id": bought.id()});
        stage.shop.post("/checkout/confirm", body).await;
        let dashboard = Dashboard::open_at(stage, "mangoes").await;
        dashboard.0.shows("#holds-cancelled", "1").await;
        dashboard.0.fill("#user-id", "ada@example.org").await;
        dashboard.0.click("#user-lookup button").await;
        dashboard.0.shows("#user-title", "ada@example.org").await;
        dashboard.0.mentions("#user-tier", "full").await;
        dashboard.0.shows("#user-confirmed", "1").await;
        dashboard.0.shows("#user-cancelled", "1").await;
        let reservations = "#user-reservations th";
        dashboard.0.lists(reservations, &["nuts", "mangoes"]).await;
    })
    .await;
}
