//! Text that would like to be markup.

use serde_json::json;

use crate::demo::Demo;
use crate::stage::{Browser, Stage, play};

/// Each sets `hit` where it runs. A breach of the content policy shows in the console.
pub(crate) const TEXTS: [&str; 3] = [
    "<img src=x onerror=window.hit=1>",
    "<script>window.hit=1</script>",
    "\"><svg onload='window.hit=1'>",
];

/// That the text can be read, and did nothing.
pub(crate) async fn is_harmless(page: &Browser, place: &str, text: &str) {
    page.mentions(place, text).await;
    let hit = page.script("return window.hit === undefined", &[]).await;
    assert_eq!(hit, json!(true), "{text} ran");
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
