//! The flash sale of the demo page: a crowd, the order in which it is served, and what is said of it.

use serde_json::{Value, json};

use crate::demo::Demo;
use crate::stage::{Stage, play};

/// Loads the crowd's dice.
const ALL_GIVE_UP: &str = "Math.random = () => 0.75";
const ALL_BUY: &str = "Math.random = () => 0.1";

/// Keeps what a screen reader would say by itself.
const LISTEN: &str = "
    window.heard = [];
    const regions = '[role=status], [role=alert], [aria-live]';
    const hear = ({ target }) => {
        const region = target.closest?.(regions);
        if (region) window.heard.push(region.textContent);
    };
    new MutationObserver((all) => all.forEach(hear))
        .observe(document.body, { subtree: true, childList: true });";

/// Each chip: whose it is, and its state.
const CHIPS: &str = "
    return [...document.querySelectorAll('#line > .chip')]
        .map(({ dataset }) => [dataset.reservation, dataset.state]);";

/// Tells the page of each promotion that the last who waits had it, whoever it was.
const FORGE: &str = "
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

async fn rush(demo: &Demo, units: u32, shoppers: u32) {
    demo.0.fill("#flash-units", &units.to_string()).await;
    demo.0.fill("#flash-shoppers", &shoppers.to_string()).await;
    demo.0.click("#flash-start").await;
}

async fn ledger(stage: &Stage, sku: &str) -> Vec<Value> {
    let path = format!("/inventory/{sku}/ledger?limit=200");
    let page = stage.shop.get(&path).await.body;
    assert_eq!(page["next_cursor"], Value::Null, "{page}");
    page["items"].as_array().unwrap().clone()
}

/// Who came, in order, and what became of them, by the server's ledger.
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
            "CANCELLED" => "left",
            _ => "lapsed",
        };
        match arrivals.iter_mut().find(|arrival| arrival[0] == id) {
            Some(arrival) => arrival[1] = state,
            None => arrivals.push([id, state]),
        }
    }
    arrivals
}

/// Whose turn came, in order, by the server's ledger.
fn of_kind<'a>(ledger: &'a [Value], kind: &str) -> Vec<&'a Value> {
    let entries = ledger.iter().filter(|entry| entry["kind"] == kind);
    entries.map(|entry| &entry["reservation_id"]).collect()
}

#[tokio::test]
async fn a_flash_sale_serves_a_crowd_in_order_until_all_is_sold() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.0.script(LISTEN, &[]).await;
        demo.0.script(ALL_GIVE_UP, &[]).await;
        rush(&demo, 3, 20).await;
        demo.0.sees("#line > .chip:nth-child(20)").await;
        demo.0.sees("#line > .chip[data-promoted=true]").await;
        demo.0.script(ALL_BUY, &[]).await;
        let over = "Over: 3 of 3 units sold, each once";
        demo.0.mentions("#flash-state", over).await;
        demo.0.mentions("#last-call", "curl").await;
        let ledger = ledger(stage, &demo.sku().await).await;
        let promoted = of_kind(&ledger, "PROMOTED");
        assert!(!promoted.is_empty(), "{ledger:?}");
        demo.kept_its_promises(u32::try_from(promoted.len()).unwrap())
            .await;
        let waited = of_kind(&ledger, "WAITLISTED");
        assert_eq!(promoted, waited[..promoted.len()]);
        assert_eq!(of_kind(&ledger, "CONFIRMED").len(), 3);
        assert_eq!(demo.0.script(CHIPS, &[]).await, json!(arrivals(&ledger)));
        let heard = demo.0.script("return window.heard", &[]).await;
        let heard = heard.as_array().unwrap();
        assert!(heard.len() <= 12, "{heard:#?}");
        for part in ["The sale begins", "Half of them", over] {
            let said = |text: &&Value| text.as_str().unwrap().contains(part);
            assert_eq!(heard.iter().filter(said).count(), 1, "{heard:#?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_page_tells_when_somebody_is_served_out_of_turn() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.sell(1, 600).await;
        for shopper in ["A", "B", "C"] {
            demo.click(shopper, "reserve").await;
        }
        demo.line_is(&["A holds it", "B waiting", "C waiting"])
            .await;
        demo.kept_its_promises(0).await;
        demo.0.script(FORGE, &[]).await;
        demo.click("A", "cancel").await;
        demo.0.shows("[data-promise=outOfTurn]", "1").await;
        demo.0.shows("[data-promise=passedOn]", "1").await;
        demo.0.sees("#promises[data-kept=false]").await;
    })
    .await;
}

#[tokio::test]
async fn each_click_adds_its_units_once() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.0.script(ALL_BUY, &[]).await;
        rush(&demo, 1, 1).await;
        demo.counts([0, 0, 1, 0]).await;
        let (ten, one) = ("#flash-restock", "#restock");
        let twice = "
            const button = document.querySelector('#flash-restock');
            button.click();
            return button.disabled;";
        let is_busy = demo.0.script(twice, &[]).await;
        assert_eq!(is_busy, json!(true), "a second click would be heard");
        demo.0.click(ten).await;
        demo.counts([20, 0, 1, 0]).await;
        demo.0.loses_an_answer("/inventory/restock").await;
        demo.0.click(one).await;
        demo.0.mentions("#setup-error", "can’t be reached").await;
        demo.0.click(ten).await;
        demo.counts([31, 0, 1, 0]).await;
        demo.0.misses("#flash-error > *").await;
        demo.0.click(one).await;
        demo.0.misses("#setup-error > *").await;
        demo.counts([31, 0, 1, 0]).await;
        let inventory = stage.shop.inventory(&demo.sku().await).await;
        assert_eq!(inventory.number("total_quantity"), 32);
    })
    .await;
}
