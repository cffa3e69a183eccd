//! Pages that fit into every window, light and dark. Their pictures are in `target/screenshots`.

use crate::demo::Demo;
use crate::stage::{Stage, play};

#[tokio::test]
async fn the_demo_page_fits_into_every_window() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.0.fits_everywhere("demo-at-first").await;
        demo.sell(1, 600).await;
        demo.click("A", "reserve").await;
        demo.click("B", "reserve").await;
        demo.shopper_is("B", "WAITLISTED").await;
        demo.0.fits_everywhere("demo-with-a-line").await;
    })
    .await;
}
