//! The demo page's story.

use crate::stage::{Stage, play};

#[tokio::test]
async fn the_seven_steps_are_taken_by_clicking() {
    play(async |stage: &mut Stage| {
        let page = stage.browser_at("/").await;
        page.click("#step-1").await;
        page.shows("#health", "HEALTHY").await;
        page.click("#step-2").await;
        page.shows("[data-shopper=A] [data-field=status]", "RESERVED")
            .await;
        page.click("#step-3").await;
        page.shows("[data-shopper=B] [data-field=status]", "WAITLISTED")
            .await;
        page.shows("#health", "HIGH_DEMAND").await;
        page.click("#step-4").await;
        page.shows("[data-shopper=A] [data-field=status]", "CANCELLED")
            .await;
        page.click("#step-5").await;
        page.shows("[data-shopper=B] [data-field=status]", "RESERVED")
            .await;
        page.click("#step-6").await;
        page.shows("[data-shopper=B] [data-field=status]", "CONFIRMED")
            .await;
        page.click("#step-7").await;
        page.shows("#health", "OUT_OF_STOCK").await;
        page.serves_everybody("when all is told").await;
    })
    .await;
}
