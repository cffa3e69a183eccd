//! A bug in the page itself: the page must say so instead of showing wrong data.

use crate::dashboard_page::DashboardPage;
use crate::harness::{BrowserTest, run};

/// The update that follows finds an element missing.
const BREAK: &str = "document.querySelector('#detail-settings').remove()";

#[tokio::test]
async fn a_bug_in_the_page_is_reported_with_a_button_to_reload() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error("no element #detail-settings");
        test.shop.stock("thyme", 3).await;
        let dashboard = DashboardPage::open_at(test, "thyme").await;
        dashboard.counts([3, 0, 0, 0]).await;
        dashboard.0.script(BREAK, &[]).await;
        test.shop.restock("thyme", 2).await.assert_status(200);
        let text = "Something went wrong on this page";
        dashboard.0.contains("#banner", text).await;
        dashboard.0.click("#banner-button").await;
        dashboard.counts([5, 0, 0, 0]).await;
        dashboard.0.is_gone("#banner-button").await;
    })
    .await;
}
