//! The page with the API documentation.

use fairhold_test_kit::eventually;
use serde_json::Value;

use crate::harness::{BrowserTest, run};

const DOCUMENT: &str = include_str!("../../docs/openapi.json");

/// How many operations the OpenAPI document has.
fn operations() -> usize {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let methods = paths.map(|path| path.as_object().unwrap().keys());
    methods.map(Iterator::count).sum()
}

#[tokio::test]
async fn the_page_shows_every_operation_of_the_document() {
    run(async |test: &mut BrowserTest| {
        let page = test.browser_at("/docs").await;
        page.contains("#viewer .info", "Fairhold").await;
        eventually("all operations are shown", async || {
            let count = "return document.querySelectorAll('.opblock').length";
            let shown = page.script(count, &[]).await;
            (shown == operations())
                .then_some(())
                .ok_or(shown.to_string())
        })
        .await;
        page.click("#operations-Reservations-reserve button").await;
        page.contains("#operations-Reservations-reserve", "Idempotency-Key")
            .await;
    })
    .await;
}
