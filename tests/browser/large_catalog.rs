//! More SKUs than the dashboard reads: it says so, and keeps fresh what it shows.

use fantoccini::key::Key;

use crate::dashboard::Dashboard;
use crate::stage::{Stage, play};

/// The most that it reads.
const MOST: u32 = 20_000;

/// So many SKUs, as `init` makes them: from `SKU-00001` on, of 5 units each.
async fn stock(stage: &Stage, count: u32) {
    let books = stage.books().await;
    books
        .execute(&format!(
            "with created as (
                 insert into skus (
                     sku, initial_quantity, total_quantity, available_quantity,
                     reserved_quantity, sold_quantity, waitlist_size, waitlist_quantity,
                     last_sequence, hold_ttl_seconds, version, created_at, updated_at
                 )
                 select
                     'SKU-' || lpad(n::text, 5, '0'), 5, 5, 5, 0, 0, 0, 0, 0, 300, 1, now(), now()
                 from generate_series(1, {count}) as n
                 returning *
             )
             insert into ledger (
                 sku, entry, kind, quantity, available_delta, reserved_delta, sold_delta,
                 total_delta, recorded_at
             )
             select sku, 1, 'INITIALIZED', 5, 5, 0, 0, 5, created_at from created"
        ))
        .await;
}

/// Lets somebody elsewhere buy, and waits until the list has it.
async fn hears_of(stage: &Stage, dashboard: &Dashboard, held: i64) {
    let user = format!("buyer-{held}");
    stage
        .shop
        .reserve("SKU-00033", &user)
        .await
        .assert_status(201);
    let row = "[data-sku='SKU-00033'] td.number";
    let [available, held] = [5 - held, held].map(|count| count.to_string());
    dashboard.0.lists(row, &[&available, &held, "0", "0"]).await;
}

#[tokio::test]
async fn a_list_that_is_too_long_says_so_and_asks_for_what_it_shows() {
    play(async |stage: &mut Stage| {
        stock(stage, MOST).await;
        // It comes last, and a part of its name is in all the others.
        stage.shop.stock("U-0", 7).await;
        let dashboard = Dashboard::open(stage).await;
        let (mode, in_turns) = ("#mode-text", "Asking in turns");
        dashboard
            .0
            .mentions("#skus-empty", "The first 20,000")
            .await;
        dashboard.0.shows(mode, in_turns).await;
        hears_of(stage, &dashboard, 1).await;
        dashboard.0.fill("#search", "U-0").await;
        dashboard.0.press(&[Key::Enter]).await;
        dashboard.0.shows("#detail-title", "U-0").await;
        stage.shop.restock("U-0", 1).await.assert_status(200);
        dashboard.counts([8, 0, 0, 0]).await;
        dashboard.0.script("location.hash = ''", &[]).await;
        dashboard.0.sees("#detail-none").await;
        hears_of(stage, &dashboard, 2).await;
        dashboard.0.shows(mode, in_turns).await;
        dashboard.0.was_not_reloaded().await;
    })
    .await;
}
