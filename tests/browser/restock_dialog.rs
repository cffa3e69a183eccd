//! The dialog that changes stock: it changes what it shows, and says what really happened.

use crate::dashboard::Dashboard;
use crate::stage::{Stage, play};

const RESTOCK: &str = "/inventory/restock";
const UNREACHABLE: &str = "can’t be reached";

/// The first change never reaches the server. Keeps the keys of all.
const LOSE_THE_FIRST: &str = "
    const real = window.fetch;
    window.keys = [];
    window.fetch = async (path, options) => {
        if (path !== arguments[0]) return real(path, options);
        window.keys.push(options.headers['idempotency-key']);
        if (window.keys.length === 1) throw new TypeError('the request is lost');
        return real(path, options);
    };";

async fn total(stage: &Stage, sku: &str) -> i64 {
    stage.shop.inventory(sku).await.number("total_quantity")
}

/// Submits a change whose answer is lost.
async fn add_ten_unheard(dashboard: &Dashboard) {
    dashboard.0.loses_an_answer(RESTOCK).await;
    dashboard.0.click("#restock-open").await;
    dashboard.0.click("#restock-submit").await;
    let problem = "#restock-form [data-problem]";
    dashboard.0.mentions(problem, UNREACHABLE).await;
}

#[tokio::test]
async fn a_dialog_changes_the_sku_that_it_names_and_goes_with_its_page() {
    play(async |stage: &mut Stage| {
        for sku in ["kale", "leeks"] {
            stage.shop.stock(sku, 5).await;
        }
        let dashboard = Dashboard::open_at(stage, "kale").await;
        dashboard
            .0
            .script("location.hash = '#sku=leeks'", &[])
            .await;
        dashboard.0.shows("#detail-title", "leeks").await;
        dashboard.0.click("#restock-open").await;
        let title = "#restock-title";
        dashboard.0.shows(title, "Change the stock of leeks").await;
        dashboard
            .0
            .shows("#restock-submit", "Add 10 units to leeks")
            .await;
        // Whoever goes back in the very moment of the click gets what the button said.
        let both = "history.back(); document.querySelector('#restock-submit').click()";
        dashboard.0.script(both, &[]).await;
        dashboard.says("10 units added to leeks").await;
        dashboard.0.misses("#restock-dialog").await;
        dashboard.0.shows("#detail-title", "kale").await;
        assert_eq!(total(stage, "kale").await, 5);
        assert_eq!(total(stage, "leeks").await, 15);
        dashboard.0.click("#restock-open").await;
        dashboard.0.shows(title, "Change the stock of kale").await;
        dashboard.0.script("history.forward()", &[]).await;
        dashboard.0.misses("#restock-dialog").await;
        dashboard.0.shows("#detail-title", "leeks").await;
    })
    .await;
}

#[tokio::test]
async fn a_change_that_was_done_already_is_told_as_that() {
    play(async |stage: &mut Stage| {
        stage.shop.stock("mint", 50).await;
        let dashboard = Dashboard::open_at(stage, "mint").await;
        dashboard.counts([50, 0, 0, 0]).await;
        add_ten_unheard(&dashboard).await;
        dashboard.counts([60, 0, 0, 0]).await;
        dashboard.0.click("#restock-submit").await;
        dashboard
            .says("This had been done already: 10 units added")
            .await;
        dashboard.says("Nothing was changed now").await;
        assert_eq!(total(stage, "mint").await, 60);
    })
    .await;
}

#[tokio::test]
async fn a_dialog_opened_anew_over_what_was_done_makes_a_new_change() {
    play(async |stage: &mut Stage| {
        stage.shop.stock("nettles", 50).await;
        let dashboard = Dashboard::open_at(stage, "nettles").await;
        dashboard.counts([50, 0, 0, 0]).await;
        add_ten_unheard(&dashboard).await;
        dashboard.counts([60, 0, 0, 0]).await;
        dashboard.0.click("#restock-dialog [data-close]").await;
        dashboard.0.click("#restock-open").await;
        dashboard
            .0
            .mentions("#restock-effect", "would have 70")
            .await;
        dashboard.0.click("#restock-submit").await;
        dashboard
            .says("10 units added to nettles. 70 available")
            .await;
        assert_eq!(total(stage, "nettles").await, 70);
    })
    .await;
}

#[tokio::test]
async fn a_dialog_opened_anew_over_the_same_state_tries_the_same_change_again() {
    play(async |stage: &mut Stage| {
        stage.shop.stock("onions", 50).await;
        let dashboard = Dashboard::open_at(stage, "onions").await;
        dashboard.counts([50, 0, 0, 0]).await;
        dashboard.0.script(LOSE_THE_FIRST, &[RESTOCK]).await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.click("#restock-submit").await;
        let problem = "#restock-form [data-problem]";
        dashboard.0.mentions(problem, UNREACHABLE).await;
        dashboard.0.click("#restock-dialog [data-close]").await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.click("#restock-submit").await;
        dashboard
            .says("10 units added to onions. 60 available")
            .await;
        let keys = dashboard.0.script("return window.keys", &[]).await;
        assert_eq!(keys[0], keys[1], "{keys}");
        assert!(keys[0].is_string(), "{keys}");
        assert_eq!(total(stage, "onions").await, 60);
    })
    .await;
}

#[tokio::test]
async fn what_comes_of_a_dialog_that_was_closed_is_told() {
    play(async |stage: &mut Stage| {
        stage.shop.stock("okra", 5).await;
        let dashboard = Dashboard::open_at(stage, "okra").await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.loses_an_answer(RESTOCK).await;
        let both = "document.querySelector('#restock-submit').click();
            document.querySelector('#restock-dialog [data-close]').click()";
        dashboard.0.script(both, &[]).await;
        dashboard.says("Change the stock of okra").await;
        dashboard.says(UNREACHABLE).await;
        dashboard.0.sees("#result[data-done=false]").await;
        dashboard.counts([15, 0, 0, 0]).await;
    })
    .await;
}
