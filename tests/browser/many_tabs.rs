//! More tabs than a browser opens connections to a server. Only one of them is visible.

use crate::demo_page::DemoPage;
use crate::harness::{BrowserTest, run};

/// Over HTTP/1.1 a browser opens six connections to a server, for all of its tabs.
const TABS: usize = 8;

#[tokio::test]
async fn only_the_visible_tab_has_a_stream_and_each_tab_catches_up() {
    run(async |test: &mut BrowserTest| {
        let demo = DemoPage::open(test).await;
        demo.sell(1, 600).await;
        demo.0.reads("#connection-status-text", "Live").await;
        demo.click("A", "reserve").await;
        demo.shopper_is("A", "Held").await;
        let (sku, page) = (demo.sku().await, &demo.0);
        for tab in 1..=TABS {
            let address = format!("/static/admin.html?tab={tab}#sku={sku}");
            page.open_in_new_tab(&address).await;
            page.reads("#detail-title", &sku).await;
            page.reads("#connection-status-text", "Live").await;
        }
        test.shop.restock(&sku, 4).await.assert_status(200);
        page.reads("#detail [data-stock=available]", "4").await;
        page.switch_to_first_tab().await;
        demo.counts([4, 1, 0, 0]).await;
        page.reads("#connection-status-text", "Live").await;
        page.assert_not_reloaded().await;
    })
    .await;
}
