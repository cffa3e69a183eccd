//! The dashboard, in the words of who runs a shop.

use fantoccini::key::Key;
use serde_json::json;

use crate::stage::{Browser, Stage};

/// A browser at the dashboard.
pub(crate) struct Dashboard(pub(crate) Browser);

impl Dashboard {
    /// Opens the list of SKUs.
    pub(crate) async fn open(stage: &mut Stage) -> Self {
        Self(stage.browser_at("/static/admin.html").await)
    }

    /// Opens one SKU.
    pub(crate) async fn open_at(stage: &mut Stage, sku: &str) -> Self {
        let dashboard = Self::go_to(stage, sku).await;
        dashboard.0.shows("#detail-title", sku).await;
        dashboard
    }

    /// Goes to one SKU that can't be shown yet.
    pub(crate) async fn go_to(stage: &mut Stage, sku: &str) -> Self {
        let page = format!("/static/admin.html#sku={sku}");
        Self(stage.browser_at(&page).await)
    }

    /// Waits until the list has these SKUs, in this order.
    pub(crate) async fn lists(&self, skus: &[&str]) {
        self.0.lists("#skus-rows th", skus).await;
    }

    /// Sorts by a column.
    pub(crate) async fn sort_by(&self, column: &str) {
        let head = format!("#skus [data-sort={column}] button");
        self.0.click(&head).await;
    }

    /// Waits until these of the open SKU are available, held, sold and waiting.
    pub(crate) async fn counts(&self, counts: [u32; 4]) {
        let names = ["available", "reserved", "sold", "waiting"];
        for (name, count) in names.into_iter().zip(counts) {
            let figure = format!("#detail [data-stock={name}]");
            self.0.shows(&figure, &count.to_string()).await;
        }
    }

    /// Waits until these users hold stock.
    pub(crate) async fn held_by(&self, users: &[&str]) {
        self.0.lists("#reservations th", users).await;
    }

    /// Waits until these users wait, in this order.
    pub(crate) async fn waited_for_by(&self, users: &[&str]) {
        self.0.lists("#waitlist th", users).await;
    }

    /// Waits until the page says what was done.
    pub(crate) async fn says(&self, text: &str) {
        self.0.mentions("#result", text).await;
    }

    /// Goes on with Tab until the element has the focus.
    pub(crate) async fn tab_to(&self, css: &str) {
        for _ in 0..100 {
            let has_focus = "return document.activeElement.matches(arguments[0])";
            if self.0.script(has_focus, &[css]).await == json!(true) {
                return;
            }
            self.0.press(&[Key::Tab]).await;
        }
        panic!("Tab never came to {css}");
    }
}

/// A SKU of one unit that `holder` holds, while others wait.
pub(crate) async fn sell_out(stage: &Stage, sku: &str, holder: &str, waiting: &[&str]) {
    stage.shop.stock(sku, 1).await;
    let held = stage.shop.reserve(sku, holder).await;
    held.assert_status(201);
    for user in waiting {
        stage.shop.reserve(sku, user).await.assert_status(202);
    }
}
