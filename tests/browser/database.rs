//! A database that is stopped under the eyes of a shopper and a merchant, while their streams stay open.

use fairhold_test_kit::{Cluster, PostgresHost, assert_sound};

use crate::dashboard::Dashboard;
use crate::demo::Demo;
use crate::stage::{Browser, Stage, play};

/// What the console says of an answer that the database is missing for.
const UNAVAILABLE: &str = "503 (Service";

async fn shows_mode(page: &Browser, mode: &str) {
    page.shows("#mode-text", mode).await;
}

async fn stop(database: &Cluster<'_>, pages: [&Browser; 2]) {
    database.stop("immediate").await;
    for page in pages {
        shows_mode(page, "Not ready").await;
        page.mentions("#banner[data-state=ill]", "can’t work").await;
    }
}

async fn start(database: &Cluster<'_>, pages: [&Browser; 2]) {
    database.start().await;
    for page in pages {
        shows_mode(page, "Live").await;
        page.misses("#banner[data-state=ill]").await;
    }
}

#[tokio::test]
async fn pages_say_that_the_database_is_away_and_recover_by_themselves() {
    let Some(site) = PostgresHost::having(&["initdb", "pg_ctl"]).await else {
        return;
    };
    let database = site.cluster("shop", "").await;
    play(async |stage: &mut Stage| {
        stage.forgive(UNAVAILABLE);
        stage.serve_from(&database.url("postgres")).await;
        let demo = Demo::open(stage).await;
        demo.sell(2, 600).await;
        let sku = demo.sku().await;
        let dashboard = Dashboard::open_at(stage, &sku).await;
        let pages = [&demo.0, &dashboard.0];
        for page in pages {
            shows_mode(page, "Live").await;
        }
        stop(&database, pages).await;
        demo.click("A", "reserve").await;
        let error = "[data-shopper=A] [data-field=error]";
        demo.0.mentions(error, "database").await;
        start(&database, pages).await;
        demo.click("A", "reserve").await;
        demo.shopper_is("A", "RESERVED").await;
        dashboard.counts([1, 1, 0, 0]).await;
        dashboard.held_by(&[&demo.user("A").await]).await;
        demo.0.was_not_reloaded().await;
        dashboard.0.was_not_reloaded().await;
        assert_sound(&database.url("postgres")).await;
    })
    .await;
}
