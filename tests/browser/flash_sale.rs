//! The flash sale on the demo page: its order, its promises, and what a screen reader announces.

use serde_json::{Value, json};

use crate::demo_page::DemoPage;
use crate::harness::{BrowserTest, run};

/// Fixes what the simulated shoppers do.
const ALL_CANCEL: &str = "Math.random = () => 0.75";
const ALL_BUY: &str = "Math.random = () => 0.1";

/// Records what a screen reader would announce.
const RECORD_ANNOUNCEMENTS: &str = "
    window.announcements = [];
    const regions = '[role=status], [role=alert], [aria-live]';
    const record = ({ target }) => {
        const region = target.closest?.(regions);
        if (region) window.announcements.push(region.textContent);
    };
    new MutationObserver((all) => all.forEach(record))
        .observe(document.body, { subtree: true, childList: true });";

/// The reservation and the state of each chip.
const CHIPS: &str = "
    return [...document.querySelectorAll('#arrivals > .chip')]
        .map(({ dataset }) => [dataset.reservation, dataset.state]);";

/// Shows the page each promotion as if it went to the end of the waitlist.
const FORGE_PROMOTIONS: &str = "
    const real = window.fetch;
    window.fetch = async (path, options) => {
        const response = await real(path, options);
        if (!path.includes('/ledger?')) return response;
        const page = await response.json();
        const last = page.items.findLast(({ kind }) => kind === 'WAITLISTED');
        for (const entry of page.items) {
            if (entry.kind === 'PROMOTED') entry.reservation_id = last.reservation_id;
        }
        return new Response(JSON.stringify(page), response);
    };";

async fn start_flash_sale(demo: &DemoPage, units: u32, shoppers: u32) {
    demo.0.fill("#flash-sale-units", &units.to_string()).await;
    demo.0
        .fill("#flash-sale-shoppers", &shoppers.to_string())
        .await;
    demo.0.click("#flash-sale-start").await;
}

async fn ledger(test: &BrowserTest, sku: &str) -> Vec<Value> {
    let path = format!("/inventory/{sku}/ledger?limit=200");
    let page = test.shop.get(&path).await.body;
    assert_eq!(page["next_cursor"], Value::Null, "{page}");
    page["items"].as_array().unwrap().clone()
}

/// The reservations in order of arrival with their state, by the server's ledger.
fn arrivals(ledger: &[Value]) -> Vec<[&str; 2]> {
    let mut arrivals = Vec::<[&str; 2]>::new();
    for entry in ledger {
        let Some(id) = entry["reservation_id"].as_str() else {
            continue;
        };
        let state = match entry["kind"].as_str().unwrap() {
            "WAITLISTED" => "waiting",
            "RESERVED" | "PROMOTED" => "held",
            "CONFIRMED" => "sold",
            "CANCELLED" => "cancelled",
            "EXPIRED" => "expired",
            kind => panic!("unknown ledger entry {kind}"),
        };
        match arrivals.iter_mut().find(|arrival| arrival[0] == id) {
            Some(arrival) => arrival[1] = state,
            None => arrivals.push([id, state]),
        }
    }
    arrivals
}

/// The reservations of all entries of a kind, in order.
fn reservations_of_kind<'a>(ledger: &'a [Value], kind: &str) -> Vec<&'a Value> {
    let entries = ledger.iter().filter(|entry| entry["kind"] == kind);
    entries.map(|entry| &entry["reservation_id"]).collect()
}

#[tokio::test]
async fn a_flash_sale_serves_shoppers_in_order_until_it_is_sold_out() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.0.script(RECORD_ANNOUNCEMENTS, &[]).await;
        demo.0.script(ALL_CANCEL, &[]).await;
        start_flash_sale(&demo, 3, 20).await;
        demo.0.is_visible("#arrivals > .chip:nth-child(20)").await;
        demo.0
            .is_visible("#arrivals > .chip[data-promoted=true]")
            .await;
        demo.0.script(ALL_BUY, &[]).await;
        let over = "Sale over: 3 of 3 units sold, each once";
        demo.0.contains("#flash-sale-status", over).await;
        demo.0.contains("#last-request", "curl").await;
        let ledger = ledger(test, &demo.sku().await).await;
        let promoted = reservations_of_kind(&ledger, "PROMOTED");
        assert!(!promoted.is_empty(), "{ledger:?}");
        demo.promises_kept(u32::try_from(promoted.len()).unwrap())
            .await;
        let waited = reservations_of_kind(&ledger, "WAITLISTED");
        assert_eq!(promoted, waited[..promoted.len()]);
        assert_eq!(reservations_of_kind(&ledger, "CONFIRMED").len(), 3);
        assert_eq!(demo.0.script(CHIPS, &[]).await, json!(arrivals(&ledger)));
        let announcements = demo.0.script("return window.announcements", &[]).await;
        let announcements = announcements.as_array().unwrap();
        assert!(announcements.len() <= 12, "{announcements:#?}");
        for part in ["The sale starts", "Half of the shoppers", over] {
            let said = |text: &&Value| text.as_str().unwrap().contains(part);
            assert_eq!(
                announcements.iter().filter(said).count(),
                1,
                "{announcements:#?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn the_page_reports_a_shopper_served_out_of_turn() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.sell(1, 600).await;
        for shopper in ["A", "B", "C"] {
            demo.click(shopper, "reserve").await;
        }
        demo.arrivals_are(&["A held", "B waiting", "C waiting"])
            .await;
        demo.promises_kept(0).await;
        demo.0.script(FORGE_PROMOTIONS, &[]).await;
        demo.click("A", "cancel").await;
        demo.0.reads("[data-promise=outOfTurn]", "1").await;
        demo.0.reads("[data-promise=reoffered]", "1").await;
        demo.0.is_visible("#promises[data-kept=false]").await;
    })
    .await;
}

#[tokio::test]
async fn each_click_adds_its_units_once() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.0.script(ALL_BUY, &[]).await;
        start_flash_sale(&demo, 1, 1).await;
        demo.counts([0, 0, 1, 0]).await;
        let (ten, one) = ("#flash-sale-restock", "#custom-sale-restock");
        let twice = "
            const button = document.querySelector('#flash-sale-restock');
            button.click();
            return button.disabled;";
        let is_busy = demo.0.script(twice, &[]).await;
        assert_eq!(is_busy, json!(true), "a second click would count");
        demo.0.click(ten).await;
        demo.counts([20, 0, 1, 0]).await;
        demo.0.lose_next_response("/inventory/restock").await;
        demo.0.click(one).await;
        demo.0
            .contains("#custom-sale-error", "Can’t reach the server")
            .await;
        demo.0.click(ten).await;
        demo.counts([31, 0, 1, 0]).await;
        demo.0.is_gone("#flash-sale-error > *").await;
        demo.0.click(one).await;
        demo.0.is_gone("#custom-sale-error > *").await;
        demo.counts([31, 0, 1, 0]).await;
        let inventory = test.shop.inventory(&demo.sku().await).await;
        assert_eq!(inventory.number("total_quantity"), 32);
    })
    .await;
}
