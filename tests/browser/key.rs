//! Pages of a server that serves nobody without an API key.

use fantoccini::key::Key;

use crate::dashboard::{Dashboard, sell_out};
use crate::demo::Demo;
use crate::keyring::UNKNOWN;
use crate::stage::{Stage, play};

#[tokio::test]
async fn the_dashboard_asks_for_a_key_once_and_works_with_it() {
    play(async |stage: &mut Stage| {
        stage.forgive(UNKNOWN);
        sell_out(stage, "figs", "first", &["second"]).await;
        let key = stage.lock().await;
        let dashboard = Dashboard::go_to(stage, "figs").await;
        dashboard.0.enter_key(&key).await;
        dashboard.0.has_a_key().await;
        dashboard.lists(&["figs"]).await;
        dashboard.counts([0, 1, 0, 1]).await;
        dashboard.waited_for_by(&["second"]).await;
        dashboard.0.sees("#mode[data-mode=live]").await;
        stage.shop.reserve("figs", "third").await.assert_status(202);
        dashboard.waited_for_by(&["second", "third"]).await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.click("#restock-submit").await;
        dashboard.says("10 units added to figs; 2 who waited").await;
        dashboard.0.was_not_reloaded().await;
        dashboard.0.reload().await;
        dashboard.counts([8, 3, 0, 0]).await;
        dashboard.0.sees("#mode[data-mode=live]").await;
        dashboard.0.has_a_key().await;
        dashboard.0.keeps_to_itself(&key).await;
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_forgotten_is_asked_for_again() {
    play(async |stage: &mut Stage| {
        stage.forgive(UNKNOWN);
        stage.shop.stock("grapes", 3).await;
        let key = stage.lock().await;
        let dashboard = Dashboard::open(stage).await;
        dashboard.0.enter_key(&key).await;
        dashboard.lists(&["grapes"]).await;
        dashboard.0.click("#key-forget").await;
        dashboard.0.asks_for_a_key().await;
        dashboard.lists(&[]).await;
        dashboard.0.keeps_no_key().await;
        dashboard.0.enter_key(&key).await;
        dashboard.lists(&["grapes"]).await;
        dashboard.0.open_in_new_tab("/static/admin.html").await;
        dashboard.0.asks_for_a_key().await;
        dashboard.0.keeps_no_key().await;
    })
    .await;
}

#[tokio::test]
async fn the_demo_page_shows_its_calls_without_the_key() {
    play(async |stage: &mut Stage| {
        stage.forgive(UNKNOWN);
        let key = stage.lock().await;
        let demo = Demo::open(stage).await;
        demo.step(1).await;
        demo.0.enter_key(&key).await;
        demo.told(1).await;
        demo.counts([1, 0, 0, 0]).await;
        demo.step(2).await;
        demo.shopper_is("A", "RESERVED").await;
        demo.0.sees("#mode[data-mode=live]").await;
        let bearer = r#"-H "authorization: Bearer $FAIRHOLD_KEY" -d '{"#;
        demo.0.mentions("#last-call", bearer).await;
        demo.0.click("#calls li:not(.background) summary").await;
        let bearer = "Authorization: Bearer $FAIRHOLD_KEY";
        demo.0.mentions("#calls pre", bearer).await;
        demo.0.keeps_to_itself(&key).await;
    })
    .await;
}

#[tokio::test]
async fn a_click_without_a_key_asks_for_one_each_time() {
    play(async |stage: &mut Stage| {
        stage.forgive(UNKNOWN);
        let key = stage.lock().await;
        let demo = Demo::open(stage).await;
        demo.step(1).await;
        demo.0.click("#key-dialog [data-close]").await;
        demo.0
            .mentions("#story-error", "Authentication required")
            .await;
        demo.0.sees("#step-1:focus").await;
        demo.0.press(&[Key::Enter]).await;
        demo.0.enter_key(&key).await;
        demo.told(1).await;
        demo.counts([1, 0, 0, 0]).await;
        demo.0.misses("#story-error > *").await;
    })
    .await;
}
