//! Text that would like to be markup.

use serde_json::json;
use url::form_urlencoded::byte_serialize;

use crate::changes::REFUSED;
use crate::dashboard::Dashboard;
use crate::demo::Demo;
use crate::stage::{Browser, Stage, play};

/// Each sets `hit` where it runs. A breach of the content policy shows in the console.
const TEXTS: [&str; 3] = [
    "<img src=x onerror=window.hit=1>",
    "<script>window.hit=1</script>",
    "\"><svg onload='window.hit=1'>",
];

/// That the text can be read, and did nothing.
async fn is_harmless(page: &Browser, place: &str, text: &str) {
    page.mentions(place, text).await;
    ran_nothing(page, text).await;
}

async fn ran_nothing(page: &Browser, text: &str) {
    let intact = page.script("return window.hit === undefined", &[]).await;
    assert_eq!(intact, json!(true), "{text} ran");
}

#[tokio::test]
async fn a_hostile_reason_is_text_in_the_ledger() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.sell(1, 600).await;
        let sku = demo.sku().await;
        for (count, text) in (2..).zip(TEXTS) {
            let body = json!({"sku": sku, "quantity": 1, "reason": text});
            let restocked = stage.shop.post("/inventory/restock", body).await;
            restocked.assert_status(200);
            demo.counts([count, 0, 0, 0]).await;
            is_harmless(&demo.0, "#ledger", text).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_hostile_user_is_text_on_the_dashboard() {
    play(async |stage: &mut Stage| {
        let [holder, waiting, reason] = TEXTS;
        stage.shop.stock("plums", 1).await;
        stage.shop.reserve("plums", holder).await.assert_status(201);
        stage
            .shop
            .reserve("plums", waiting)
            .await
            .assert_status(202);
        let dashboard = Dashboard::open_at(stage, "plums").await;
        is_harmless(&dashboard.0, "#reservations", holder).await;
        is_harmless(&dashboard.0, "#waitlist", waiting).await;
        is_harmless(&dashboard.0, "#holds-users", holder).await;
        dashboard.0.click("#reservations [data-cancel]").await;
        is_harmless(&dashboard.0, "#cancel-text", holder).await;
        dashboard.0.click("#cancel-dialog [data-close]").await;
        dashboard.0.click("#waitlist [data-user]").await;
        is_harmless(&dashboard.0, "#user-title", waiting).await;
        dashboard.0.click("#user-dialog [data-close]").await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.fill("#restock-reason", reason).await;
        dashboard.0.click("#restock-submit").await;
        is_harmless(&dashboard.0, "#ledger", reason).await;
    })
    .await;
}

#[tokio::test]
async fn a_hostile_address_is_text_on_the_dashboard() {
    play(async |stage: &mut Stage| {
        stage.forgive(REFUSED);
        let page = stage.browser().await;
        for text in TEXTS {
            let sku: String = byte_serialize(text.as_bytes()).collect();
            page.open("/problems").await;
            page.open(&format!("/static/admin.html#sku={sku}")).await;
            page.sees("#detail-error > *").await;
            ran_nothing(&page, text).await;
        }
    })
    .await;
}
