//! When a page reconnects after its stream ends: as the server asks, and not all pages at once.

use serde_json::Value;

use crate::harness::{BrowserTest, run};

/// Subscribes to a stream that sends a reconnection time and one event and then ends; every later
/// attempt fails. Returns the delays of the page, without waiting for them.
const MEASURE_DELAYS: &str = "
    const { subscribe } = await import('/static/js/stream.js');
    const streams = ['retry: 4321\\n\\nevent: inventory\\ndata: {}\\n\\n'];
    window.fetch = async () => {
        if (streams.length === 0) throw new TypeError('no server');
        return new Response(streams.pop(), { headers: { 'content-type': 'text/event-stream' } });
    };
    const timeouts = [12_000, 40_000];
    const waits = [];
    const later = window.setTimeout;
    await new Promise((done) => {
        window.setTimeout = (run, wait) => {
            if (timeouts.includes(wait)) return later(run, wait);
            if (waits.push(wait) < 4) return later(run, 0);
            done();
        };
        subscribe('/live/inventory/x', { event() {}, connected() {} });
    });
    return waits;";

#[tokio::test]
async fn a_page_reconnects_when_the_server_asks_and_then_with_random_backoff() {
    run(async |test: &mut BrowserTest| {
        let page = test.browser().await;
        let script = format!("return (async () => {{ {MEASURE_DELAYS} }})();");
        let mut seconds = Vec::new();
        for _ in 0..3 {
            page.open("/problems").await;
            let waits = page.script(&script, &[]).await;
            let waits = waits.as_array().unwrap().iter().map(Value::as_f64);
            let waits: Vec<f64> = waits.map(Option::unwrap).collect();
            assert!((waits[0] - 4321.0).abs() < 1.0, "{waits:?}");
            for (doublings, wait) in (1..).zip(&waits[1..]) {
                let doubled = (4321.0 * 2_f64.powi(doublings)).min(15_000.0);
                let share = wait / doubled;
                assert!((0.5..=1.5).contains(&share), "{waits:?}");
            }
            seconds.push(waits[1]);
        }
        seconds.dedup();
        assert_eq!(seconds.len(), 3, "the delays are equal: {seconds:?}");
    })
    .await;
}
