//! Analytics of a SKU that is older than the longest time range that the server accepts.

use std::collections::BTreeMap;

use crate::dashboard_page::DashboardPage;
use crate::harness::{BrowserTest, run};
use crate::stock_changes::VALIDATION_FAILED;

/// Makes a SKU and its reservations older.
async fn age_by(test: &BrowserTest, sku: &str, time: &str) {
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
    test.tables().await.execute(&statements.join(";")).await;
}

/// Chooses a time range and waits until its analytics are shown.
async fn choose_range(dashboard: &DashboardPage, seconds: &str) {
    let forget = "document.querySelector('#holds-since').textContent = ''";
    dashboard.0.script(forget, &[]).await;
    let range = format!(".range:has(#range-{seconds})");
    dashboard.0.click(&range).await;
    dashboard
        .0
        .contains("#holds-since", "Reservations created since")
        .await;
    dashboard
        .0
        .is_gone("#holds-error > *, #chart-error > *")
        .await;
    dashboard.0.is_visible("#chart svg").await;
}

#[tokio::test]
async fn analytics_cover_all_the_time_that_the_server_accepts() {
    run(async |test: &mut BrowserTest| {
        test.shop.stock("oats", 9).await;
        age_by(test, "oats", "40 days").await;
        let bought = test.shop.reserve("oats", "buyer").await.id();
        test.shop.confirm(&bought).await.assert_status(200);
        let cancelled = test.shop.reserve_units("oats", "dreamer", 3).await;
        age_by(test, "oats", "4 minutes").await;
        test.shop.cancel(&cancelled.id()).await.assert_status(200);
        let dashboard = DashboardPage::open_at(test, "oats").await;
        for seconds in ["2678400", "all", "604800"] {
            choose_range(&dashboard, seconds).await;
            dashboard.0.reads("#holds-share", "50%").await;
            dashboard.0.reads("#holds-unsold", "12").await;
            dashboard.0.reads("#holds-cancelled", "1").await;
        }
    })
    .await;
}

#[tokio::test]
async fn analytics_that_fail_to_load_leave_no_old_values_behind() {
    run(async |test: &mut BrowserTest| {
        test.allow_console_error(VALIDATION_FAILED);
        test.shop.stock("peas", 9).await;
        let bought = test.shop.reserve("peas", "buyer").await.id();
        test.shop.confirm(&bought).await.assert_status(200);
        let dashboard = DashboardPage::open_at(test, "peas").await;
        dashboard.0.reads("#holds-share", "100%").await;
        dashboard.0.is_visible("#chart svg").await;
        let forge = "document.querySelector('#range-900').value = '-900'";
        dashboard.0.script(forge, &[]).await;
        dashboard.0.click(".range:has(#range-900)").await;
        dashboard.0.is_visible("#holds-error > *").await;
        dashboard.0.is_visible("#chart-error > *").await;
        dashboard.0.reads("#holds-share", "–").await;
        dashboard.0.reads("#holds-cancelled", "–").await;
        dashboard.0.is_gone("#holds-users tr").await;
        dashboard.0.is_gone("#chart svg").await;
        dashboard.0.reads("#chart-readout", "").await;
        choose_range(&dashboard, "3600").await;
        dashboard.0.reads("#holds-share", "100%").await;
    })
    .await;
}
