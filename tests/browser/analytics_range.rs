//! The dashboard's figures of a SKU that is older than the server looks back.

use std::collections::BTreeMap;

use crate::changes::REFUSED;
use crate::dashboard::Dashboard;
use crate::stage::{Stage, play};

/// Lets time pass for a SKU and its reservations: moves all of their times back.
async fn pass(stage: &Stage, sku: &str, time: &str) {
    let back = |column: &str| format!("{column} = {column} - interval '{time}'");
    let times = BTreeMap::from([
        ("skus", vec!["created_at", "updated_at"]),
        (
            "reservations",
            vec!["created_at", "updated_at", "expires_at"],
        ),
        ("user_behavior", vec!["weighted_at"]),
        ("ledger", vec!["recorded_at"]),
    ]);
    let statements = times.into_iter().map(|(table, columns)| {
        let columns: Vec<_> = columns.into_iter().map(back).collect();
        format!(
            "update {table} set {} where sku = '{sku}'",
            columns.join(", ")
        )
    });
    let statements: Vec<_> = statements.collect();
    stage.books().await.execute(&statements.join(";")).await;
}

/// Chooses how far back to look, and waits until the figures say from when they are.
async fn look_back(dashboard: &Dashboard, seconds: &str) {
    let forget = "document.querySelector('#holds-since').textContent = ''";
    dashboard.0.script(forget, &[]).await;
    let range = format!(".range:has(#range-{seconds})");
    dashboard.0.click(&range).await;
    dashboard
        .0
        .mentions("#holds-since", "Reservations made since")
        .await;
    dashboard
        .0
        .misses("#holds-error > *, #chart-error > *")
        .await;
    dashboard.0.sees("#chart svg").await;
}

#[tokio::test]
async fn figures_go_back_as_far_as_the_server_looks() {
    play(async |stage: &mut Stage| {
        stage.shop.stock("oats", 9).await;
        pass(stage, "oats", "40 days").await;
        let bought = stage.shop.reserve("oats", "buyer").await.id();
        stage.shop.confirm(&bought).await.assert_status(200);
        let given_up = stage.shop.reserve_units("oats", "dreamer", 3).await;
        pass(stage, "oats", "4 minutes").await;
        stage.shop.cancel(&given_up.id()).await.assert_status(200);
        let dashboard = Dashboard::open_at(stage, "oats").await;
        for seconds in ["2678400", "all", "604800"] {
            look_back(&dashboard, seconds).await;
            dashboard.0.shows("#holds-share", "50.0 %").await;
            dashboard.0.shows("#holds-unsold", "12").await;
            dashboard.0.shows("#holds-cancelled", "1").await;
        }
    })
    .await;
}

#[tokio::test]
async fn figures_that_could_not_be_read_leave_no_older_ones_behind() {
    play(async |stage: &mut Stage| {
        stage.forgive(REFUSED);
        stage.shop.stock("peas", 9).await;
        let bought = stage.shop.reserve("peas", "buyer").await.id();
        stage.shop.confirm(&bought).await.assert_status(200);
        let dashboard = Dashboard::open_at(stage, "peas").await;
        dashboard.0.shows("#holds-share", "100 %").await;
        dashboard.0.sees("#chart svg").await;
        let forge = "document.querySelector('#range-900').value = '-900'";
        dashboard.0.script(forge, &[]).await;
        dashboard.0.click(".range:has(#range-900)").await;
        dashboard.0.sees("#holds-error > *").await;
        dashboard.0.sees("#chart-error > *").await;
        dashboard.0.shows("#holds-share", "–").await;
        dashboard.0.shows("#holds-cancelled", "–").await;
        dashboard.0.misses("#holds-users tr").await;
        dashboard.0.misses("#chart svg").await;
        dashboard.0.shows("#chart-readout", "").await;
        look_back(&dashboard, "3600").await;
        dashboard.0.shows("#holds-share", "100 %").await;
    })
    .await;
}
