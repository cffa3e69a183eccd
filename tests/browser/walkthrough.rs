//! The walkthrough on the demo page: from no stock to a sale in seven steps.

use serde_json::{Value, json};

use crate::demo_page::DemoPage;
use crate::harness::{BrowserTest, run};

#[tokio::test]
async fn the_seven_steps_run_by_click_and_match_the_ledger() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        first_shopper_holds_the_unit(&demo).await;
        unit_goes_to_the_next_in_line(&demo).await;
        next_shopper_buys_the_unit(&demo).await;
        ledger_matches(test, &demo).await;
        demo.0.assert_not_reloaded().await;
    })
    .await;
}

async fn first_shopper_holds_the_unit(demo: &DemoPage) {
    demo.step(1).await;
    demo.narrates("is in stock, available to whoever reserves it first")
        .await;
    demo.sent("POST", "/inventory/init", "201").await;
    demo.counts([1, 0, 0, 0]).await;
    demo.health_is("Healthy").await;
    demo.arrivals_are(&[]).await;
    demo.step(2).await;
    demo.narrates("A was first, so the unit is held for A")
        .await;
    demo.sent("POST", "/inventory/reserve", "201").await;
    demo.shopper_is("A", "Held").await;
    demo.says("A", "Holding 1 unit for 2 minutes.").await;
    demo.counts([0, 1, 0, 0]).await;
    demo.health_is("Out of stock").await;
    demo.arrivals_are(&["A held"]).await;
}

async fn unit_goes_to_the_next_in_line(demo: &DemoPage) {
    demo.step(3).await;
    demo.narrates("B joins the waitlist at position 1").await;
    demo.sent("POST", "/inventory/reserve", "202").await;
    demo.shopper_is("B", "Waiting").await;
    demo.says("B", "Waiting for 1 unit. Next in line.").await;
    demo.counts([0, 1, 0, 1]).await;
    demo.health_is("High demand").await;
    demo.0.reads("#arrivals-next", "B").await;
    demo.arrivals_are(&["A held", "B waiting"]).await;
    demo.step(4).await;
    demo.narrates("A cancels").await;
    demo.sent("POST", "/checkout/cancel", "200").await;
    demo.shopper_is("A", "Cancelled").await;
    demo.arrivals_are(&["A cancelled", "B held"]).await;
}

async fn next_shopper_buys_the_unit(demo: &DemoPage) {
    demo.step(5).await;
    demo.narrates("B did nothing and now holds the unit for 4 minutes")
        .await;
    demo.sent("GET", "/reservations/", "200").await;
    demo.shopper_is("B", "Held").await;
    demo.says("B", "Holding 1 unit for 4 minutes.").await;
    demo.counts([0, 1, 0, 0]).await;
    demo.step(6).await;
    demo.narrates("The unit is sold once, to one shopper").await;
    demo.sent("POST", "/checkout/confirm", "200").await;
    demo.shopper_is("B", "Sold").await;
    demo.says("B", "Bought 1 unit.").await;
    demo.arrivals_are(&["A cancelled", "B sold"]).await;
    demo.step(7).await;
    demo.narrates("Out of stock: 0 units available, 0 held, 1 sold, 0 waiting")
        .await;
    demo.sent("GET", "/analytics/inventory/", "200").await;
    demo.step_done(7).await;
    demo.counts([0, 0, 1, 0]).await;
    demo.health_is("Out of stock").await;
    demo.promises_kept(1).await;
}

/// Compares what the page shows of the ledger with what the server says.
async fn ledger_matches(test: &BrowserTest, demo: &DemoPage) {
    let events = [
        "SKU created",
        "Held for A",
        "B joined the waitlist",
        "A cancelled the hold",
        "Re-offered to B",
        "Sold to B",
    ];
    demo.0.lists("#ledger th", &events).await;
    let sku = demo.sku().await;
    let ledger = test.shop.get(&format!("/inventory/{sku}/ledger")).await;
    assert_eq!(
        entries(&ledger.body),
        [
            json!(["INITIALIZED", 1, 0, 0, 1]),
            json!(["RESERVED", -1, 1, 0, 0]),
            json!(["WAITLISTED", 0, 0, 0, 0]),
            json!(["CANCELLED", 1, -1, 0, 0]),
            json!(["PROMOTED", -1, 1, 0, 0]),
            json!(["CONFIRMED", 0, -1, 1, 0]),
        ]
    );
    for (shopper, status) in [("A", "CANCELLED"), ("B", "CONFIRMED")] {
        let user = demo.user(shopper).await;
        let own = format!("/reservations?user_id={user}");
        let own = test.shop.get(&own).await.body;
        assert_eq!(own["items"][0]["status"], status, "{own}");
        assert_eq!(own["items"].as_array().map(Vec::len), Some(1), "{own}");
    }
}

/// The kind of each entry, and its changes of available, held, sold and total.
fn entries(ledger: &Value) -> Vec<Value> {
    let items = ledger["items"].as_array().unwrap();
    let entry = |item: &Value| {
        let delta = |name: &str| item[format!("{name}_delta")].clone();
        json!([
            item["kind"],
            delta("available"),
            delta("reserved"),
            delta("sold"),
            delta("total")
        ])
    };
    items.iter().map(entry).collect()
}

#[tokio::test]
async fn the_seven_steps_play_automatically() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.0.click("#play").await;
        demo.0.reads("#play", "Stop").await;
        demo.0.reads("#play", "Play again").await;
        demo.step_done(7).await;
        demo.shopper_is("B", "Sold").await;
        demo.counts([0, 0, 1, 0]).await;
        ledger_matches(test, &demo).await;
    })
    .await;
}

#[tokio::test]
async fn the_walkthrough_stops_and_continues_by_click() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.0.click("#play").await;
        demo.step_done(1).await;
        demo.0.reads("#play", "Stop").await;
        demo.0.click("#play").await;
        demo.0.reads("#play", "Continue with step 2").await;
        demo.counts([1, 0, 0, 0]).await;
        demo.step(2).await;
        demo.step_done(2).await;
        demo.0.reads("#play", "Continue with step 3").await;
        request_is_copied_as_curl(&demo).await;
    })
    .await;
}

async fn request_is_copied_as_curl(demo: &DemoPage) {
    let permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"];
    let grant = json!({"permissions": permissions});
    demo.0.devtools("Browser.grantPermissions", grant).await;
    demo.0.click("#last-request-copy").await;
    demo.0.reads("#last-request-copy", "Copied").await;
    let copied = "return navigator.clipboard.readText()";
    let copied = demo.0.script(copied, &[]).await;
    let copied = copied.as_str().unwrap();
    assert!(copied.starts_with("curl -sS -X POST '"), "{copied}");
    assert!(copied.contains("/inventory/reserve'"), "{copied}");
    demo.0.reads("#last-request-copy", "Copy as curl").await;
}
