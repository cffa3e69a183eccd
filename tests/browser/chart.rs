//! The chart while the stock moves: what somebody looks at stays.

use fantoccini::key::Key;
use serde_json::json;

use crate::dashboard::Dashboard;
use crate::stage::{Stage, play};

/// Tells the drawing that is there now from those to come.
const MARK: &str = "document.querySelector('#chart svg').classList.add('old')";
const NEXT: &str = "#chart svg:not(.old)";
/// For a page whose half minutes are short.
const HASTE: &str = "
    const real = window.setInterval;
    window.setInterval = (run, wait) => real(run, wait === 30_000 ? 500 : wait);";

#[tokio::test]
async fn the_chosen_instant_stays_while_the_chart_is_drawn_anew() {
    play(async |stage: &mut Stage| {
        stage.shop.stock("radishes", 3).await;
        let dashboard = Dashboard::open_at(stage, "radishes").await;
        dashboard.0.sees("#chart svg").await;
        let focus = "document.querySelector('#chart').focus()";
        dashboard.0.script(focus, &[]).await;
        dashboard.0.press(&[Key::Left; 8]).await;
        let before = "3 available, 0 held";
        for place in ["#chart-readout", "#chart-said"] {
            dashboard.0.mentions(place, before).await;
        }
        let said = dashboard.0.text("#chart-said").await;
        for user in ["first", "second"] {
            dashboard.0.script(MARK, &[]).await;
            stage
                .shop
                .reserve("radishes", user)
                .await
                .assert_status(201);
            dashboard.0.sees(NEXT).await;
            dashboard.0.mentions("#chart-readout", before).await;
            dashboard.0.sees(".chart-cursor[visibility=visible]").await;
            assert_eq!(dashboard.0.text("#chart-said").await, said);
        }
        dashboard.0.press(&[Key::End]).await;
        let now = "1 available, 2 held";
        dashboard.0.mentions("#chart-said", now).await;
        dashboard.tab_to("#chart-table-details summary").await;
        dashboard.0.mentions("#chart-readout", now).await;
        let cursor = "return document.querySelector('.chart-cursor').getAttribute('visibility')";
        let cursor = dashboard.0.script(cursor, &[]).await;
        assert_eq!(cursor, json!("hidden"));
    })
    .await;
}

#[tokio::test]
async fn the_window_of_the_chart_moves_though_nothing_happens() {
    play(async |stage: &mut Stage| {
        stage.shop.stock("sorrel", 3).await;
        let page = stage.browser().await;
        let source = json!({"source": HASTE});
        page.devtools("Page.addScriptToEvaluateOnNewDocument", source)
            .await;
        page.open("/static/admin.html#sku=sorrel").await;
        for _ in 0..2 {
            page.sees(NEXT).await;
            page.script(MARK, &[]).await;
        }
        page.sees(NEXT).await;
    })
    .await;
}
