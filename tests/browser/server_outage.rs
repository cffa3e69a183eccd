//! A server that goes away and comes back under the eyes of a shopper.

use crate::dashboard::Dashboard;
use crate::demo::Demo;
use crate::stage::{Stage, play};

/// What the console says of a server that is away.
pub(crate) const AWAY: &str = "net::ERR_";

#[tokio::test]
async fn the_page_says_that_the_server_is_away_and_goes_on_when_it_is_back() {
    play(async |stage: &mut Stage| {
        stage.forgive(AWAY);
        let demo = Demo::open(stage).await;
        demo.sell(1, 600).await;
        demo.click("A", "reserve").await;
        demo.shopper_is("A", "RESERVED").await;
        stage.server.kill().await;
        demo.0
            .mentions("#banner", "The server can’t be reached")
            .await;
        demo.click("A", "confirm").await;
        demo.0
            .mentions("[data-shopper=A] [data-field=error]", "can’t be reached")
            .await;
        stage.serve_again().await;
        demo.0
            .sees("#banner[data-state=fine], #banner[data-state=back]")
            .await;
        demo.shopper_is("A", "RESERVED").await;
        demo.click("A", "confirm").await;
        demo.shopper_is("A", "CONFIRMED").await;
        demo.counts([0, 0, 1, 0]).await;
        demo.0.was_not_reloaded().await;
    })
    .await;
}

#[tokio::test]
async fn the_dashboard_says_so_too_and_catches_up() {
    play(async |stage: &mut Stage| {
        stage.forgive(AWAY);
        stage.shop.stock("spinach", 4).await;
        let dashboard = Dashboard::open_at(stage, "spinach").await;
        dashboard.counts([4, 0, 0, 0]).await;
        stage.server.kill().await;
        dashboard
            .0
            .mentions("#banner", "The server can’t be reached")
            .await;
        stage.serve_again().await;
        stage
            .shop
            .reserve("spinach", "early")
            .await
            .assert_status(201);
        dashboard.0.misses("#banner[data-state=lost]").await;
        dashboard.counts([3, 1, 0, 0]).await;
        dashboard.held_by(&["early"]).await;
        dashboard.0.was_not_reloaded().await;
    })
    .await;
}
