//! Accessibility of the pages by the rules of axe-core, in each state, width and color scheme.

use crate::dashboard_page::{DashboardPage, sell_out};
use crate::demo_page::DemoPage;
use crate::harness::{Browser, BrowserTest, Scheme, run};
use crate::key_steps::UNAUTHORIZED;
use crate::server_outage::CONNECTION_FAILED;
use crate::stock_changes::VALIDATION_FAILED;

/// From a phone to a wall display.
const LOOKS: [(u32, Scheme); 5] = [
    (360, Scheme::Light),
    (360, Scheme::Dark),
    (1_280, Scheme::Light),
    (1_280, Scheme::Dark),
    (2_560, Scheme::Light),
];

async fn assert_accessible_everywhere(page: &Browser, state: &str) {
    for (width, scheme) in LOOKS {
        page.set_viewport(width, scheme).await;
        let state = format!("{state}, {width} pixels wide, {scheme:?}");
        page.assert_accessible(&state).await;
    }
}

#[tokio::test]
async fn the_demo_page_is_accessible() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(VALIDATION_FAILED);
        let demo = DemoPage::open(test).await;
        demo.0.assert_accessible("before the first click").await;
        demo.sell(1, 600).await;
        demo.click("A", "reserve").await;
        demo.click("B", "reserve").await;
        demo.shopper_is("B", "Waiting").await;
        demo.click("A", "confirm").await;
        demo.shopper_is("A", "Sold").await;
        demo.0.fill("#custom-sale-quantity", "-1").await;
        demo.0.click("#custom-sale-start").await;
        demo.0.is_visible("#custom-sale-error > *").await;
        assert_accessible_everywhere(&demo.0, "with shoppers and a problem").await;
    })
    .await;
}

#[tokio::test]
async fn the_dashboard_is_accessible() {
    run(async |test: &mut BrowserTest| {
        let dashboard = DashboardPage::open(test).await;
        dashboard.0.contains("#skus-empty", "No SKUs yet").await;
        dashboard.0.assert_accessible("without SKUs").await;
        sell_out(test, "quinces", "first", &["second"]).await;
        dashboard.lists(&["quinces"]).await;
        dashboard.0.click("#skus-rows a").await;
        dashboard.waiting_are(&["second"]).await;
        dashboard.0.is_visible("#chart svg").await;
        assert_accessible_everywhere(&dashboard.0, "a selected SKU").await;
        for (opener, dialog) in [
            ("#create-open", "create"),
            ("#restock-open", "restock"),
            ("#reservations [data-cancel]", "cancel"),
            ("#reservations [data-user]", "user"),
        ] {
            dashboard.0.click(opener).await;
            dashboard.0.is_visible(&format!("#{dialog}-dialog")).await;
            for (width, scheme) in [LOOKS[1], LOOKS[4]] {
                dashboard.0.set_viewport(width, scheme).await;
                dashboard.0.assert_accessible(dialog).await;
            }
            dashboard
                .0
                .click(&format!("#{dialog}-dialog [data-close]"))
                .await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_demo_page_is_accessible_during_a_flash_sale() {
    run(async |test: &mut BrowserTest| {
        // On a busy machine, shoppers may pay after their short hold has ended.
        test.allow_console_error("410 (Gone)");
        let demo = DemoPage::open(test).await;
        demo.0.fill("#flash-sale-units", "5").await;
        demo.0.fill("#flash-sale-shoppers", "120").await;
        demo.0.click("#flash-sale-start").await;
        demo.0.is_visible("#arrivals > .chip:nth-child(40)").await;
        demo.0.assert_accessible("while shoppers arrive").await;
        demo.0.is_visible("#arrivals > .chip:nth-child(120)").await;
        assert_accessible_everywhere(&demo.0, "with a long waitlist").await;
    })
    .await;
}

#[tokio::test]
async fn the_banner_of_an_outage_is_accessible() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(CONNECTION_FAILED);
        let demo = DemoPage::open(test).await;
        demo.sell(1, 600).await;
        test.server.kill().await;
        demo.0.is_visible("#banner[data-state=disconnected]").await;
        demo.0.assert_accessible("during an outage").await;
        test.restart_server().await;
        demo.0
            .is_visible("#banner:not([data-state=disconnected])")
            .await;
    })
    .await;
}

#[tokio::test]
async fn the_pages_about_problems_are_accessible() {
    run(async |test: &mut BrowserTest| {
        let page = test.browser_at("/problems").await;
        page.assert_accessible("the list").await;
        page.click("a[href='/problems/sold-out']").await;
        page.reads("main > p code", "sold-out").await;
        page.assert_accessible("one problem").await;
    })
    .await;
}

#[tokio::test]
async fn the_key_dialog_is_accessible() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(UNAUTHORIZED);
        let key = test.create_first_key().await;
        let demo = DemoPage::open(test).await;
        demo.step(1).await;
        demo.0.enter_key("fh_wrong").await;
        demo.0.rejects_key("rejected this key").await;
        assert_accessible_everywhere(&demo.0, "a rejected key").await;
        demo.0.click("#key-dialog [data-close]").await;
        assert_accessible_everywhere(&demo.0, "a missing key").await;
        let dashboard = DashboardPage::open(test).await;
        dashboard.0.prompts_for_key().await;
        assert_accessible_everywhere(&dashboard.0, "the key dialog").await;
        dashboard.0.enter_key(&key).await;
        dashboard.0.accepts_key().await;
        assert_accessible_everywhere(&dashboard.0, "a key in use").await;
    })
    .await;
}
