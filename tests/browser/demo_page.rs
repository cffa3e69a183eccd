//! The demo page as a page object: what a visitor does and sees.

use crate::harness::{Browser, BrowserTest};

/// A browser that shows the demo page.
pub(crate) struct DemoPage(pub(crate) Browser);

impl DemoPage {
    pub(crate) async fn open(test: &mut BrowserTest) -> Self {
        Self(test.browser_at("/").await)
    }

    /// Clicks one of the seven steps.
    pub(crate) async fn step(&self, number: u32) {
        self.0.click(&format!("#step-{number}")).await;
    }

    /// Waits until the step is done.
    pub(crate) async fn step_done(&self, number: u32) {
        self.0
            .is_visible(&format!("#step-{number}[data-state=done]"))
            .await;
    }

    /// Waits until the narration contains this text.
    pub(crate) async fn narrates(&self, text: &str) {
        self.0.contains("#narration", text).await;
    }

    /// Waits until the page shows this as its latest request, with the status of the response.
    pub(crate) async fn sent(&self, method: &str, path: &str, status: &str) {
        self.0.contains("#last-request", path).await;
        self.0.reads("#last-request-status", status).await;
        let latest = "#request-log li:not(.background) .method";
        self.0.reads(latest, method).await;
    }

    /// Waits until these chips are shown, in order of arrival.
    pub(crate) async fn arrivals_are(&self, shoppers: &[&str]) {
        self.0.lists("#arrivals > .chip", shoppers).await;
    }

    /// Waits until the page counts so many re-offered units and no broken promise.
    pub(crate) async fn promises_kept(&self, reoffered: u32) {
        self.0.reads("[data-promise=oversold]", "0").await;
        self.0.reads("[data-promise=outOfTurn]", "0").await;
        let reoffered = reoffered.to_string();
        self.0.reads("[data-promise=reoffered]", &reoffered).await;
    }

    /// Clicks one of a shopper's buttons: `reserve`, `confirm` or `cancel`.
    pub(crate) async fn click(&self, shopper: &str, action: &str) {
        let button = format!("[data-shopper={shopper}] [data-action={action}]");
        self.0.click(&button).await;
    }

    /// Waits until the badge on the shopper's card reads so.
    pub(crate) async fn shopper_is(&self, shopper: &str, status: &str) {
        let badge = format!("[data-shopper={shopper}] [data-field=status]");
        self.0.reads(&badge, status).await;
    }

    /// Waits until the shopper's card shows this sentence.
    pub(crate) async fn says(&self, shopper: &str, sentence: &str) {
        let place = format!("[data-shopper={shopper}] [data-field=sentence]");
        self.0.reads(&place, sentence).await;
    }

    /// Waits until so many are available, held, sold and waiting.
    pub(crate) async fn counts(&self, counts: [u32; 4]) {
        let names = ["available", "held", "sold", "waiting"];
        for (name, count) in names.into_iter().zip(counts) {
            let figure = format!("[data-stock={name}]");
            self.0.reads(&figure, &count.to_string()).await;
        }
    }

    pub(crate) async fn health_is(&self, status: &str) {
        self.0.reads("#health", status).await;
    }

    /// Starts a custom sale.
    pub(crate) async fn sell(&self, quantity: u32, hold_seconds: u32) {
        self.0
            .fill("#custom-sale-quantity", &quantity.to_string())
            .await;
        self.0
            .fill("#custom-sale-hold", &hold_seconds.to_string())
            .await;
        self.0.click("#custom-sale-start").await;
        self.counts([quantity, 0, 0, 0]).await;
    }

    /// The SKU on sale.
    pub(crate) async fn sku(&self) -> String {
        self.0.text("#sku").await.unwrap()
    }

    /// A shopper's user ID.
    pub(crate) async fn user(&self, shopper: &str) -> String {
        let user = format!("[data-shopper={shopper}] [data-field=user]");
        self.0.text(&user).await.unwrap()
    }
}
