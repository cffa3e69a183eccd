//! Keys that are wrong, missing, too narrow or revoked: what the pages say.

use fantoccini::key::Key;
use serde_json::json;

use crate::dashboard::{Dashboard, sell_out};
use crate::keyring::UNKNOWN;
use crate::stage::{Stage, play};

/// What the console says of an answer to whoever may not do that.
const FORBIDDEN: &str = "403 (Forbidden";

#[tokio::test]
async fn a_wrong_key_is_told() {
    play(async |stage: &mut Stage| {
        stage.forgive(UNKNOWN);
        stage.shop.stock("kiwis", 3).await;
        let key = stage.lock().await;
        let dashboard = Dashboard::open(stage).await;
        dashboard.0.enter_key("fh_wrong").await;
        dashboard
            .0
            .hears_the_key_is_refused("unknown or revoked")
            .await;
        dashboard.0.enter_key("no token").await;
        dashboard.0.hears_the_key_is_refused("can’t be a key").await;
        dashboard.0.keeps_no_key().await;
        dashboard.0.enter_key(&format!(" Bearer {key} ")).await;
        dashboard.lists(&["kiwis"]).await;
        dashboard.0.keeps_to_itself(&key).await;
    })
    .await;
}

#[tokio::test]
async fn who_enters_no_key_is_told_what_is_missing() {
    play(async |stage: &mut Stage| {
        stage.forgive(UNKNOWN);
        stage.shop.stock("limes", 3).await;
        let key = stage.lock().await;
        let dashboard = Dashboard::go_to(stage, "limes").await;
        dashboard.0.asks_for_a_key().await;
        dashboard.0.press(&[Key::Escape]).await;
        dashboard.0.mentions("#banner", "Without an API key").await;
        dashboard.0.shows("#mode-text", "Key needed").await;
        dashboard.0.misses("#key-dialog").await;
        dashboard.0.click("#banner-retry").await;
        dashboard.0.enter_key(&key).await;
        dashboard.counts([3, 0, 0, 0]).await;
        dashboard.lists(&["limes"]).await;
        dashboard.0.sees("#banner[data-state=fine]").await;
        dashboard.0.was_not_reloaded().await;
    })
    .await;
}

#[tokio::test]
async fn a_key_that_only_reads_shows_all_and_says_what_it_lacks() {
    play(async |stage: &mut Stage| {
        stage.forgive(UNKNOWN);
        stage.forgive(FORBIDDEN);
        sell_out(stage, "melons", "first", &["second"]).await;
        let office = stage.lock().await;
        let key = stage.key("window", "read").await;
        let dashboard = Dashboard::go_to(stage, "melons").await;
        dashboard.0.enter_key(&key).await;
        dashboard.counts([0, 1, 0, 1]).await;
        dashboard.held_by(&["first"]).await;
        dashboard.waited_for_by(&["second"]).await;
        dashboard
            .0
            .lists("#ledger .row-number", &["3", "2", "1"])
            .await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.click("#restock-submit").await;
        let problem = "#restock-form [data-problem]";
        dashboard.0.mentions(problem, "admin scope").await;
        dashboard.0.click("#restock-form [data-close]").await;
        dashboard.0.click("#key-change").await;
        dashboard.0.enter_key(&office).await;
        dashboard.0.has_a_key().await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.click("#restock-submit").await;
        dashboard.says("10 units added to melons").await;
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_revoked_under_way_is_asked_for_anew() {
    play(async |stage: &mut Stage| {
        stage.forgive(UNKNOWN);
        stage.shop.stock("nuts", 3).await;
        let key = stage.lock().await;
        let other = stage.key("other", "admin").await;
        let dashboard = Dashboard::go_to(stage, "nuts").await;
        dashboard.0.enter_key(&key).await;
        dashboard.counts([3, 0, 0, 0]).await;
        stage.revoke().await;
        // Its stream ends with it, so that nobody has to click for the page to hear of it.
        dashboard.0.mentions("#key-error", "no longer takes").await;
        dashboard.0.enter_key(&other).await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.click("#restock-submit").await;
        dashboard.says("10 units added to nuts").await;
        dashboard.counts([13, 0, 0, 0]).await;
        let kept = "return sessionStorage.getItem('fairhold-key')";
        assert_eq!(dashboard.0.script(kept, &[]).await, json!(other));
    })
    .await;
}
