//! User input that contains markup.

use serde_json::json;
use url::form_urlencoded::byte_serialize;

use crate::dashboard_page::DashboardPage;
use crate::demo_page::DemoPage;
use crate::harness::{Browser, BrowserTest, run};
use crate::stock_changes::VALIDATION_FAILED;

/// Each sets `hit` if it runs. A violation of the content security policy would show in the console.
const TEXTS: [&str; 3] = [
    "<img src=x onerror=window.hit=1>",
    "<script>window.hit=1</script>",
    "\"><svg onload='window.hit=1'>",
];

/// Asserts that the text is shown and did not run.
async fn assert_shown_as_text(page: &Browser, place: &str, text: &str) {
    page.contains(place, text).await;
    assert_did_not_run(page, text).await;
}

async fn assert_did_not_run(page: &Browser, text: &str) {
    let intact = page.script("return window.hit === undefined", &[]).await;
    assert_eq!(intact, json!(true), "{text} ran");
}

#[tokio::test]
async fn markup_in_a_reason_is_shown_as_text_in_the_ledger() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.sell(1, 600).await;
        let sku = demo.sku().await;
        for (count, text) in (2..).zip(TEXTS) {
            let body = json!({"sku": sku, "quantity": 1, "reason": text});
            let restocked = test.shop.post("/inventory/restock", body).await;
            restocked.assert_status(200);
            demo.counts([count, 0, 0, 0]).await;
            assert_shown_as_text(&demo.0, "#ledger", text).await;
        }
    })
    .await;
}

#[tokio::test]
async fn markup_in_a_user_id_is_shown_as_text_on_the_dashboard() {
    run(async |test: &mut BrowserTest| {
        let [holder, waiting, reason] = TEXTS;
        test.shop.stock("plums", 1).await;
        test.shop.reserve("plums", holder).await.assert_status(201);
        test.shop.reserve("plums", waiting).await.assert_status(202);
        let dashboard = DashboardPage::open_at(test, "plums").await;
        assert_shown_as_text(&dashboard.0, "#reservations", holder).await;
        assert_shown_as_text(&dashboard.0, "#waitlist", waiting).await;
        assert_shown_as_text(&dashboard.0, "#holds-users", holder).await;
        dashboard.0.click("#reservations [data-cancel]").await;
        assert_shown_as_text(&dashboard.0, "#cancel-text", holder).await;
        dashboard.0.click("#cancel-dialog [data-close]").await;
        dashboard.0.click("#waitlist [data-user]").await;
        assert_shown_as_text(&dashboard.0, "#user-title", waiting).await;
        dashboard.0.click("#user-dialog [data-close]").await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.fill("#restock-reason", reason).await;
        dashboard.0.click("#restock-submit").await;
        assert_shown_as_text(&dashboard.0, "#ledger", reason).await;
    })
    .await;
}

#[tokio::test]
async fn markup_in_the_url_is_shown_as_text_on_the_dashboard() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(VALIDATION_FAILED);
        let page = test.browser().await;
        for text in TEXTS {
            let sku: String = byte_serialize(text.as_bytes()).collect();
            page.open("/problems").await;
            page.open(&format!("/static/admin.html#sku={sku}")).await;
            page.is_visible("#detail-error > *").await;
            assert_did_not_run(&page, text).await;
        }
    })
    .await;
}
