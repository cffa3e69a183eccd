//! What the pages say about a key that is wrong, missing, too narrow or revoked.

use fantoccini::key::Key;
use serde_json::json;

use crate::dashboard_page::{DashboardPage, sell_out};
use crate::harness::{BrowserTest, run};
use crate::key_steps::UNAUTHORIZED;

/// The console message for a response with status 403.
const FORBIDDEN: &str = "403 (Forbidden";

#[tokio::test]
async fn the_key_dialog_explains_a_wrong_key() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(UNAUTHORIZED);
        test.shop.stock("kiwis", 3).await;
        let key = test.create_first_key().await;
        let dashboard = DashboardPage::open(test).await;
        dashboard.0.enter_key("fh_wrong").await;
        dashboard.0.rejects_key("rejected this key").await;
        dashboard.0.enter_key("no token").await;
        dashboard.0.rejects_key("Invalid key format").await;
        dashboard.0.assert_no_key_stored().await;
        dashboard.0.enter_key(&format!(" Bearer {key} ")).await;
        dashboard.lists(&["kiwis"]).await;
        dashboard.0.assert_key_is_private(&key).await;
    })
    .await;
}

#[tokio::test]
async fn without_a_key_the_page_says_that_one_is_required() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(UNAUTHORIZED);
        test.shop.stock("limes", 3).await;
        let key = test.create_first_key().await;
        let dashboard = DashboardPage::go_to(test, "limes").await;
        dashboard.0.prompts_for_key().await;
        dashboard.0.press(&[Key::Escape]).await;
        dashboard.0.contains("#banner", "API key required").await;
        dashboard
            .0
            .reads("#connection-status-text", "Key required")
            .await;
        dashboard.0.is_gone("#key-dialog").await;
        dashboard.0.click("#banner-button").await;
        dashboard.0.enter_key(&key).await;
        dashboard.counts([3, 0, 0, 0]).await;
        dashboard.lists(&["limes"]).await;
        dashboard.0.is_visible("#banner[data-state=none]").await;
        dashboard.0.assert_not_reloaded().await;
    })
    .await;
}

#[tokio::test]
async fn a_read_key_shows_everything_and_is_refused_changes() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(UNAUTHORIZED);
        test.allow_console_error(FORBIDDEN);
        sell_out(test, "melons", "first", &["second"]).await;
        let office = test.create_first_key().await;
        let key = test.create_key("window", "read").await;
        let dashboard = DashboardPage::go_to(test, "melons").await;
        dashboard.0.enter_key(&key).await;
        dashboard.counts([0, 1, 0, 1]).await;
        dashboard.holders_are(&["first"]).await;
        dashboard.waiting_are(&["second"]).await;
        dashboard
            .0
            .lists("#ledger .row-number", &["3", "2", "1"])
            .await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.click("#restock-submit").await;
        let problem = "#restock-form [data-problem]";
        dashboard.0.contains(problem, "403 forbidden").await;
        dashboard.0.click("#restock-form [data-close]").await;
        dashboard.0.click("#key-change").await;
        dashboard.0.enter_key(&office).await;
        dashboard.0.accepts_key().await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.click("#restock-submit").await;
        dashboard.says("Added 10 units to melons").await;
    })
    .await;
}

#[tokio::test]
async fn the_page_prompts_for_a_new_key_when_its_key_is_revoked() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(UNAUTHORIZED);
        test.shop.stock("nuts", 3).await;
        let key = test.create_first_key().await;
        let other = test.create_key("other", "admin").await;
        let dashboard = DashboardPage::go_to(test, "nuts").await;
        dashboard.0.enter_key(&key).await;
        dashboard.counts([3, 0, 0, 0]).await;
        test.revoke_key().await;
        // The stream ends with the key, so the page notices without a click.
        dashboard
            .0
            .contains("#key-error", "no longer accepts")
            .await;
        dashboard.0.enter_key(&other).await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.click("#restock-submit").await;
        dashboard.says("Added 10 units to nuts").await;
        dashboard.counts([13, 0, 0, 0]).await;
        let kept = "return sessionStorage.getItem('fairhold-key')";
        assert_eq!(dashboard.0.script(kept, &[]).await, json!(other));
    })
    .await;
}
