//! Pages that everybody can use: axe-core's rules, in each state, width and scheme.

use crate::changes::REFUSED;
use crate::dashboard::{Dashboard, sell_out};
use crate::demo::Demo;
use crate::keyring::UNKNOWN;
use crate::outage::AWAY;
use crate::stage::{Browser, Scheme, Stage, play};

/// In windows narrow and wide, light and dark.
/// From a telephone to a wall.
const LOOKS: [(u32, Scheme); 5] = [
    (360, Scheme::Light),
    (360, Scheme::Dark),
    (1_280, Scheme::Light),
    (1_280, Scheme::Dark),
    (2_560, Scheme::Light),
];

async fn everybody_can_use(page: &Browser, state: &str) {
    for (width, scheme) in LOOKS {
        page.look(width, scheme).await;
        let state = format!("{state}, {width} wide, {scheme:?}");
        page.serves_everybody(&state).await;
    }
}

#[tokio::test]
async fn everybody_can_use_the_demo_page() {
    play(async |stage: &mut Stage| {
        stage.forgive(REFUSED);
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
        everybody_can_use(&demo.0, "with shoppers and a problem").await;
    })
    .await;
}

#[tokio::test]
async fn everybody_can_use_the_dashboard() {
    play(async |stage: &mut Stage| {
        let dashboard = Dashboard::open(stage).await;
        dashboard.0.mentions("#skus-empty", "no SKU").await;
        dashboard.0.serves_everybody("without a SKU").await;
        sell_out(stage, "quinces", "first", &["second"]).await;
        dashboard.lists(&["quinces"]).await;
        dashboard.0.click("#skus-rows a").await;
        dashboard.waited_for_by(&["second"]).await;
        dashboard.0.sees("#chart svg").await;
        everybody_can_use(&dashboard.0, "an open SKU").await;
        for (opener, dialog) in [
            ("#create-open", "create"),
            ("#restock-open", "restock"),
            ("#reservations [data-cancel]", "cancel"),
            ("#reservations [data-user]", "user"),
        ] {
            dashboard.0.click(opener).await;
            dashboard.0.sees(&format!("#{dialog}-dialog")).await;
            for (width, scheme) in [LOOKS[1], LOOKS[4]] {
                dashboard.0.look(width, scheme).await;
                dashboard.0.serves_everybody(dialog).await;
            }
            dashboard
                .0
                .click(&format!("#{dialog}-dialog [data-close]"))
                .await;
        }
    })
    .await;
}

#[tokio::test]
async fn everybody_can_use_the_demo_page_during_a_sale() {
    play(async |stage: &mut Stage| {
        let demo = Demo::open(stage).await;
        demo.0.fill("#flash-units", "5").await;
        demo.0.fill("#flash-shoppers", "120").await;
        demo.0.click("#flash-start").await;
        demo.0.sees("#line > .chip:nth-child(40)").await;
        demo.0.serves_everybody("while a crowd arrives").await;
        demo.0.sees("#line > .chip:nth-child(120)").await;
        everybody_can_use(&demo.0, "with a crowd in line").await;
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
        page.shows("main > p code", "sold-out").await;
        page.serves_everybody("one problem").await;
    })
    .await;
}

#[tokio::test]
async fn everybody_can_enter_a_key() {
    play(async |stage: &mut Stage| {
        stage.forgive(UNKNOWN);
        let key = stage.lock().await;
        let demo = Demo::open(stage).await;
        demo.step(1).await;
        demo.0.enter_key("fh_wrong").await;
        demo.0.hears_the_key_is_refused("unknown").await;
        everybody_can_use(&demo.0, "a key that is refused").await;
        demo.0.click("#key-dialog [data-close]").await;
        everybody_can_use(&demo.0, "a key that is missing").await;
        let dashboard = Dashboard::open(stage).await;
        dashboard.0.asks_for_a_key().await;
        everybody_can_use(&dashboard.0, "a key that is asked for").await;
        dashboard.0.enter_key(&key).await;
        dashboard.0.has_a_key().await;
        everybody_can_use(&dashboard.0, "a key in use").await;
    })
    .await;
}
