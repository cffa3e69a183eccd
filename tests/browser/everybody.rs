//! Pages that everybody can use: axe-core's rules, in each state, width and scheme.

use crate::demo::Demo;
use crate::outage::AWAY;
use crate::stage::{Scheme, Stage, play};

#[tokio::test]
async fn everybody_can_use_the_demo_page() {
    play(async |stage: &mut Stage| {
        stage.forgive("422 (Unprocessable");
        let demo = Demo::open(stage).await;
        demo.0.serves_everybody("at first sight").await;
        demo.sell(1, 600).await;
        demo.click("A", "reserve").await;
        demo.click("B", "reserve").await;
        demo.shopper_is("B", "WAITLISTED").await;
        demo.click("A", "confirm").await;
        demo.shopper_is("A", "CONFIRMED").await;
        demo.0.fill("#setup-quantity", "-1").await;
        demo.0.click("#reset").await;
        demo.0.sees("#setup-error > *").await;
        for width in [360, 1_280] {
            for scheme in Scheme::ALL {
                demo.0.look(width, scheme).await;
                let state = format!("{width} wide, {scheme:?}");
                demo.0.serves_everybody(&state).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn everybody_hears_that_the_server_is_away() {
    play(async |stage: &mut Stage| {
        stage.forgive(AWAY);
        let demo = Demo::open(stage).await;
        demo.sell(1, 600).await;
        stage.server.kill().await;
        demo.0.sees("#banner[data-state=lost]").await;
        demo.0.serves_everybody("with the server away").await;
        stage.serve_again().await;
        demo.0.sees("#banner:not([data-state=lost])").await;
    })
    .await;
}

#[tokio::test]
async fn everybody_can_read_what_a_problem_means() {
    play(async |stage: &mut Stage| {
        let page = stage.browser_at("/problems").await;
        page.serves_everybody("the list").await;
        page.click("a[href='/problems/sold-out']").await;
        page.mentions("h1", "").await;
        page.serves_everybody("one problem").await;
    })
    .await;
}
