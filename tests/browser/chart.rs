//! The chart while the stock changes.

use fantoccini::key::Key;
use serde_json::json;

use crate::dashboard_page::DashboardPage;
use crate::harness::{BrowserTest, run};

/// Marks the current drawing, to tell it from later ones.
const MARK: &str = "document.querySelector('#chart svg').classList.add('old')";
const NEXT: &str = "#chart svg:not(.old)";
/// Shortens the refresh period of the analytics.
const SHORT_PERIOD: &str = "
    const real = window.setInterval;
    window.setInterval = (run, wait) => real(run, wait === 30_000 ? 500 : wait);";

#[tokio::test]
async fn the_chart_cursor_stays_when_the_chart_is_redrawn() {
    run(async |test: &mut BrowserTest| {
        test.shop.stock("radishes", 3).await;
        let dashboard = DashboardPage::open_at(test, "radishes").await;
        dashboard.0.is_visible("#chart svg").await;
        let focus = "document.querySelector('#chart').focus()";
        dashboard.0.script(focus, &[]).await;
        dashboard.0.press(&[Key::Left; 8]).await;
        let before = "3 available, 0 held";
        for place in ["#chart-readout", "#chart-announcement"] {
            dashboard.0.contains(place, before).await;
        }
        let said = dashboard.0.text("#chart-announcement").await;
        for user in ["first", "second"] {
            dashboard.0.script(MARK, &[]).await;
            test.shop.reserve("radishes", user).await.assert_status(201);
            dashboard.0.is_visible(NEXT).await;
            dashboard.0.contains("#chart-readout", before).await;
            dashboard
                .0
                .is_visible(".chart-cursor[visibility=visible]")
                .await;
            assert_eq!(dashboard.0.text("#chart-announcement").await, said);
        }
        dashboard.0.press(&[Key::End]).await;
        let now = "1 available, 2 held";
        dashboard.0.contains("#chart-announcement", now).await;
        dashboard.tab_to("#chart-table-details summary").await;
        dashboard.0.contains("#chart-readout", now).await;
        let cursor = "return document.querySelector('.chart-cursor').getAttribute('visibility')";
        let cursor = dashboard.0.script(cursor, &[]).await;
        assert_eq!(cursor, json!("hidden"));
    })
    .await;
}

#[tokio::test]
async fn the_chart_moves_on_when_nothing_changes() {
    run(async |test: &mut BrowserTest| {
        test.shop.stock("sorrel", 3).await;
        let page = test.browser().await;
        let source = json!({"source": SHORT_PERIOD});
        page.devtools("Page.addScriptToEvaluateOnNewDocument", source)
            .await;
        page.open("/static/admin.html#sku=sorrel").await;
        for _ in 0..2 {
            page.is_visible(NEXT).await;
            page.script(MARK, &[]).await;
        }
        page.is_visible(NEXT).await;
    })
    .await;
}
