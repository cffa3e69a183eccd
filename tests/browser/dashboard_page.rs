//! The dashboard as a page object: what a merchant does and sees.

use fantoccini::key::Key;
use serde_json::json;

use crate::harness::{Browser, BrowserTest};

/// A browser that shows the dashboard.
pub(crate) struct DashboardPage(pub(crate) Browser);

impl DashboardPage {
    /// Opens the table of SKUs.
    pub(crate) async fn open(test: &mut BrowserTest) -> Self {
        Self(test.browser_at("/static/admin.html").await)
    }

    /// Opens one SKU.
    pub(crate) async fn open_at(test: &mut BrowserTest, sku: &str) -> Self {
        let dashboard = Self::go_to(test, sku).await;
        dashboard.0.reads("#detail-title", sku).await;
        dashboard
    }

    /// Opens one SKU without waiting until it is shown.
    pub(crate) async fn go_to(test: &mut BrowserTest, sku: &str) -> Self {
        let page = format!("/static/admin.html#sku={sku}");
        Self(test.browser_at(&page).await)
    }

    /// Waits until the table shows these SKUs, in this order.
    pub(crate) async fn lists(&self, skus: &[&str]) {
        self.0.lists("#skus-rows th", skus).await;
    }

    /// Sorts by a column.
    pub(crate) async fn sort_by(&self, column: &str) {
        let head = format!("#skus [data-sort={column}] button");
        self.0.click(&head).await;
    }

    /// Waits until the selected SKU has so many available, held, sold and waiting.
    pub(crate) async fn counts(&self, counts: [u32; 4]) {
        let names = ["available", "held", "sold", "waiting"];
        for (name, count) in names.into_iter().zip(counts) {
            let figure = format!("#detail [data-stock={name}]");
            self.0.reads(&figure, &count.to_string()).await;
        }
    }

    /// Waits until the active holds are of these users.
    pub(crate) async fn holders_are(&self, users: &[&str]) {
        self.0.lists("#reservations th", users).await;
    }

    /// Waits until the waitlist has these users, in this order.
    pub(crate) async fn waiting_are(&self, users: &[&str]) {
        self.0.lists("#waitlist th", users).await;
    }

    /// Waits until the page reports this result.
    pub(crate) async fn says(&self, text: &str) {
        self.0.contains("#result", text).await;
    }

    /// Presses Tab until the element has the focus.
    pub(crate) async fn tab_to(&self, css: &str) {
        for _ in 0..100 {
            let has_focus = "return document.activeElement.matches(arguments[0])";
            if self.0.script(has_focus, &[css]).await == json!(true) {
                return;
            }
            self.0.press(&[Key::Tab]).await;
        }
        panic!("Tab never reached {css}");
    }
}

/// Creates a SKU of one unit that `holder` holds, with these users waiting.
pub(crate) async fn sell_out(test: &BrowserTest, sku: &str, holder: &str, waiting: &[&str]) {
    test.shop.stock(sku, 1).await;
    let held = test.shop.reserve(sku, holder).await;
    held.assert_status(201);
    for user in waiting {
        test.shop.reserve(sku, user).await.assert_status(202);
    }
}
