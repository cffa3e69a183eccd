//! The pages of a server that requires an API key.

use fantoccini::key::Key;

use crate::dashboard_page::{DashboardPage, sell_out};
use crate::demo_page::DemoPage;
use crate::harness::{BrowserTest, run};
use crate::key_steps::UNAUTHORIZED;

#[tokio::test]
async fn the_dashboard_prompts_for_a_key_once_and_works_with_it() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(UNAUTHORIZED);
        sell_out(test, "figs", "first", &["second"]).await;
        let key = test.create_first_key().await;
        let dashboard = DashboardPage::go_to(test, "figs").await;
        dashboard.0.enter_key(&key).await;
        dashboard.0.accepts_key().await;
        dashboard.lists(&["figs"]).await;
        dashboard.counts([0, 1, 0, 1]).await;
        dashboard.waiting_are(&["second"]).await;
        dashboard
            .0
            .is_visible("#connection-status[data-mode=live]")
            .await;
        test.shop.reserve("figs", "third").await.assert_status(202);
        dashboard.waiting_are(&["second", "third"]).await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.click("#restock-submit").await;
        dashboard
            .says("Added 10 units to figs. 2 waiting shoppers")
            .await;
        dashboard.0.assert_not_reloaded().await;
        dashboard.0.reload().await;
        dashboard.counts([8, 3, 0, 0]).await;
        dashboard
            .0
            .is_visible("#connection-status[data-mode=live]")
            .await;
        dashboard.0.accepts_key().await;
        dashboard.0.assert_key_is_private(&key).await;
    })
    .await;
}

#[tokio::test]
async fn the_page_prompts_again_after_a_key_is_forgotten() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(UNAUTHORIZED);
        test.shop.stock("grapes", 3).await;
        let key = test.create_first_key().await;
        let dashboard = DashboardPage::open(test).await;
        dashboard.0.enter_key(&key).await;
        dashboard.lists(&["grapes"]).await;
        dashboard.0.click("#key-forget").await;
        dashboard.0.prompts_for_key().await;
        dashboard.lists(&[]).await;
        dashboard.0.assert_no_key_stored().await;
        dashboard.0.enter_key(&key).await;
        dashboard.lists(&["grapes"]).await;
        dashboard.0.open_in_new_tab("/static/admin.html").await;
        dashboard.0.prompts_for_key().await;
        dashboard.0.assert_no_key_stored().await;
    })
    .await;
}

#[tokio::test]
async fn the_demo_page_shows_its_requests_without_the_key() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(UNAUTHORIZED);
        let key = test.create_first_key().await;
        let demo = DemoPage::open(test).await;
        demo.step(1).await;
        demo.0.enter_key(&key).await;
        demo.step_done(1).await;
        demo.counts([1, 0, 0, 0]).await;
        demo.step(2).await;
        demo.shopper_is("A", "Held").await;
        demo.0
            .is_visible("#connection-status[data-mode=live]")
            .await;
        let bearer = r#"-H "authorization: Bearer $FAIRHOLD_KEY" -d '{"#;
        demo.0.contains("#last-request", bearer).await;
        demo.0
            .click("#request-log li:not(.background) summary")
            .await;
        let bearer = "Authorization: Bearer $FAIRHOLD_KEY";
        demo.0.contains("#request-log pre", bearer).await;
        demo.0.assert_key_is_private(&key).await;
    })
    .await;
}

#[tokio::test]
async fn each_click_without_a_key_prompts_for_one() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(UNAUTHORIZED);
        let key = test.create_first_key().await;
        let demo = DemoPage::open(test).await;
        demo.step(1).await;
        demo.0.click("#key-dialog [data-close]").await;
        demo.0
            .contains("#walkthrough-error", "401 unauthenticated")
            .await;
        demo.0.is_visible("#step-1:focus").await;
        demo.0.press(&[Key::Enter]).await;
        demo.0.enter_key(&key).await;
        demo.step_done(1).await;
        demo.counts([1, 0, 0, 0]).await;
        demo.0.is_gone("#walkthrough-error > *").await;
    })
    .await;
}
