//! More tabs than a browser opens connections to a server: nobody looks at more than one of them.

use crate::demo::Demo;
use crate::stage::{Stage, play};

/// Over HTTP/1.1 a browser opens six connections to a server, for all of its tabs.
const TABS: usize = 8;

#[tokio::test]
async fn only_the_tab_that_is_looked_at_has_a_stream_and_each_catches_up() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.sell(1, 600).await;
        demo.0.shows("#mode-text", "Live").await;
        demo.click("A", "reserve").await;
        demo.shopper_is("A", "RESERVED").await;
        let (sku, page) = (demo.sku().await, &demo.0);
        for tab in 1..=TABS {
            let address = format!("/static/admin.html?tab={tab}#sku={sku}");
            page.open_in_new_tab(&address).await;
            page.shows("#detail-title", &sku).await;
            page.shows("#mode-text", "Live").await;
        }
        stage.shop.restock(&sku, 4).await.assert_status(200);
        page.shows("#detail [data-stock=available]", "4").await;
        page.turn_to_first_tab().await;
        demo.counts([4, 1, 0, 0]).await;
        page.shows("#mode-text", "Live").await;
        page.was_not_reloaded().await;
    })
    .await;
}
