//! When a page connects again after its stream has ended: as the server asks, and not all at once.

use serde_json::Value;

use crate::stage::{Stage, play};

/// Follows a stream that says when to connect again, shows an event, and ends; from then on there is
/// no server. Returns how long the page would have waited each time, without waiting.
const WAITS: &str = "
    const { follow } = await import('/static/js/stream.js');
    const said = ['retry: 4321\\n\\nevent: inventory\\ndata: {}\\n\\n'];
    window.fetch = async () => {
        if (said.length === 0) throw new TypeError('away');
        return new Response(said.pop(), { headers: { 'content-type': 'text/event-stream' } });
    };
    const guards = [12_000, 40_000];
    const waits = [];
    const later = window.setTimeout;
    await new Promise((done) => {
        window.setTimeout = (run, wait) => {
            if (guards.includes(wait)) return later(run, wait);
            if (waits.push(wait) < 4) return later(run, 0);
            done();
        };
        follow('/live/inventory/x', { event() {}, live() {} });
    });
    return waits;";

#[tokio::test]
async fn a_page_connects_again_when_the_server_says_and_then_at_times_of_its_own() {
    play(async |stage: &mut Stage| {
        let page = stage.browser().await;
        let script = format!("return (async () => {{ {WAITS} }})();");
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
        assert_eq!(seconds.len(), 3, "all in the same instant: {seconds:?}");
    })
    .await;
}
