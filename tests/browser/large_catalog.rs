//! More SKUs than the dashboard reads: it says so, and keeps its visible rows fresh.

use fantoccini::key::Key;

use crate::dashboard_page::DashboardPage;
use crate::harness::{BrowserTest, run};

/// The most SKUs that the dashboard reads.
const MAX_SKUS: u32 = 20_000;

/// Creates SKUs of 5 units each, from `SKU-00001` on, with the rows that `init` writes.
async fn stock(test: &BrowserTest, count: u32) {
    let tables = test.tables().await;
    tables
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

/// Reserves a unit elsewhere and waits until the table shows it.
async fn sell_elsewhere(test: &BrowserTest, dashboard: &DashboardPage, held: i64) {
    let user = format!("buyer-{held}");
    test.shop
        .reserve("SKU-00033", &user)
        .await
        .assert_status(201);
    let row = "[data-sku='SKU-00033'] td.number";
    let [available, held] = [5 - held, held].map(|count| count.to_string());
    dashboard.0.lists(row, &[&available, &held, "0", "0"]).await;
}

#[tokio::test]
async fn a_truncated_list_says_so_and_polls_its_visible_rows() {
    run(async |test: &mut BrowserTest| {
        stock(test, MAX_SKUS).await;
        // It sorts last, and its name is part of every other name.
        test.shop.stock("U-0", 7).await;
        let dashboard = DashboardPage::open(test).await;
        let (mode, in_turns) = ("#connection-status-text", "Polling (large catalog)");
        dashboard
            .0
            .contains("#skus-empty", "Showing the first 20,000 SKUs")
            .await;
        dashboard.0.reads(mode, in_turns).await;
        sell_elsewhere(test, &dashboard, 1).await;
        dashboard.0.fill("#search", "U-0").await;
        dashboard.0.press(&[Key::Enter]).await;
        dashboard.0.reads("#detail-title", "U-0").await;
        test.shop.restock("U-0", 1).await.assert_status(200);
        dashboard.counts([8, 0, 0, 0]).await;
        dashboard.0.script("location.hash = ''", &[]).await;
        dashboard.0.is_visible("#detail-none").await;
        sell_elsewhere(test, &dashboard, 2).await;
        dashboard.0.reads(mode, in_turns).await;
        dashboard.0.assert_not_reloaded().await;
    })
    .await;
}
