//! The story of the demo page: from an empty shelf to a sale, in seven steps.

use serde_json::{Value, json};

use crate::demo::Demo;
use crate::stage::{Stage, play};

#[tokio::test]
async fn the_seven_steps_are_taken_by_clicking_and_stand_in_the_books() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        a_unit_goes_to_the_first(&demo).await;
        it_passes_on_to_the_next(&demo).await;
        the_next_buys_it(&demo).await;
        the_books_tell_the_same(stage, &demo).await;
        demo.0.was_not_reloaded().await;
    })
    .await;
}

async fn a_unit_goes_to_the_first(demo: &Demo) {
    demo.step(1).await;
    demo.narrates("is in stock, free for whoever asks first")
        .await;
    demo.called("POST", "/inventory/init", "201").await;
    demo.counts([1, 0, 0, 0]).await;
    demo.health_is("HEALTHY").await;
    demo.line_is(&[]).await;
    demo.step(2).await;
    demo.narrates("A asked first, so the unit is held for A")
        .await;
    demo.called("POST", "/inventory/reserve", "201").await;
    demo.shopper_is("A", "RESERVED").await;
    demo.says("A", "1 unit held, for 120 seconds in all.").await;
    demo.counts([0, 1, 0, 0]).await;
    demo.health_is("OUT_OF_STOCK").await;
    demo.line_is(&["A holds it"]).await;
}

async fn it_passes_on_to_the_next(demo: &Demo) {
    demo.step(3).await;
    demo.narrates("B waits, at position 1 of the line").await;
    demo.called("POST", "/inventory/reserve", "202").await;
    demo.shopper_is("B", "WAITLISTED").await;
    demo.says("B", "Waits for 1 unit. Next in line.").await;
    demo.counts([0, 1, 0, 1]).await;
    demo.health_is("HIGH_DEMAND").await;
    demo.0.shows("#line-next", "B").await;
    demo.line_is(&["A holds it", "B waiting"]).await;
    demo.step(4).await;
    demo.narrates("A changes plans").await;
    demo.called("POST", "/checkout/cancel", "200").await;
    demo.shopper_is("A", "CANCELLED").await;
    demo.line_is(&["A gave up", "B holds it"]).await;
}

async fn the_next_buys_it(demo: &Demo) {
    demo.step(5).await;
    demo.narrates("B did nothing, and holds the unit now, for 240 seconds")
        .await;
    demo.called("GET", "/reservations/", "200").await;
    demo.shopper_is("B", "RESERVED").await;
    demo.says("B", "1 unit held, for 240 seconds in all.").await;
    demo.counts([0, 1, 0, 0]).await;
    demo.step(6).await;
    demo.narrates("The unit is sold, once, to one shopper")
        .await;
    demo.called("POST", "/checkout/confirm", "200").await;
    demo.shopper_is("B", "CONFIRMED").await;
    demo.says("B", "Bought 1 unit.").await;
    demo.line_is(&["A gave up", "B bought it"]).await;
    demo.step(7).await;
    demo.narrates("OUT_OF_STOCK: 0 units available, 0 held, 1 sold, 0 waiting")
        .await;
    demo.called("GET", "/analytics/inventory/", "200").await;
    demo.told(7).await;
    demo.counts([0, 0, 1, 0]).await;
    demo.health_is("OUT_OF_STOCK").await;
    demo.kept_its_promises(1).await;
}

/// What the page shows of the ledger, and what the server says without the page. That the audit
/// finds nothing is looked at in the end of each play.
async fn the_books_tell_the_same(stage: &Stage, demo: &Demo) {
    let told = [
        "Put into stock",
        "Held for A",
        "B joins the line",
        "A cancels, stock is freed",
        "Passed on to B",
        "Sold to B",
    ];
    demo.0.lists("#ledger th", &told).await;
    let sku = demo.sku().await;
    let ledger = stage.shop.get(&format!("/inventory/{sku}/ledger")).await;
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
        let own = stage.shop.get(&own).await.body;
        assert_eq!(own["items"][0]["status"], status, "{own}");
        assert_eq!(own["items"].as_array().map(Vec::len), Some(1), "{own}");
    }
}

/// What each entry did: its kind, and by how much it changed available, held, sold and total.
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
async fn the_seven_steps_play_by_themselves_at_a_click() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.0.click("#play").await;
        demo.0.shows("#play", "Stop").await;
        demo.0.shows("#play", "Play again").await;
        demo.told(7).await;
        demo.shopper_is("B", "CONFIRMED").await;
        demo.counts([0, 0, 1, 0]).await;
        the_books_tell_the_same(stage, &demo).await;
    })
    .await;
}

#[tokio::test]
async fn the_story_stops_at_a_click_and_goes_on_by_hand() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.0.click("#play").await;
        demo.told(1).await;
        demo.0.shows("#play", "Stop").await;
        demo.0.click("#play").await;
        demo.0.shows("#play", "Continue with step 2").await;
        demo.counts([1, 0, 0, 0]).await;
        demo.step(2).await;
        demo.told(2).await;
        demo.0.shows("#play", "Continue with step 3").await;
        the_call_is_copied(&demo).await;
    })
    .await;
}

/// As somebody who wants to send it again would.
async fn the_call_is_copied(demo: &Demo) {
    let permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"];
    let wish = json!({"permissions": permissions});
    demo.0.devtools("Browser.grantPermissions", wish).await;
    demo.0.click("#last-call-copy").await;
    demo.0.shows("#last-call-copy", "Copied").await;
    let copied = "return navigator.clipboard.readText()";
    let copied = demo.0.script(copied, &[]).await;
    let copied = copied.as_str().unwrap();
    assert!(copied.starts_with("curl -sS -X POST '"), "{copied}");
    assert!(copied.contains("/inventory/reserve'"), "{copied}");
    demo.0.shows("#last-call-copy", "Copy as curl").await;
}
