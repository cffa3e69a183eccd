//! The demo page, in the words of who looks at it.

use crate::stage::{Browser, Stage};

/// A browser at the demo page.
pub(crate) struct Demo(pub(crate) Browser);

impl Demo {
    pub(crate) async fn open(stage: &mut Stage) -> Self {
        Self(stage.browser_at("/").await)
    }

    /// Clicks on one of the seven steps.
    pub(crate) async fn step(&self, number: u32) {
        self.0.click(&format!("#step-{number}")).await;
    }

    /// Waits until the step is done.
    pub(crate) async fn told(&self, number: u32) {
        self.0
            .sees(&format!("#step-{number}[data-state=done]"))
            .await;
    }

    /// Clicks on one of a shopper's buttons: `reserve`, `confirm` or `cancel`.
    pub(crate) async fn click(&self, shopper: &str, action: &str) {
        let button = format!("[data-shopper={shopper}] [data-action={action}]");
        self.0.click(&button).await;
    }

    /// Waits until the shopper's card says so.
    pub(crate) async fn shopper_is(&self, shopper: &str, status: &str) {
        let badge = format!("[data-shopper={shopper}] [data-field=status]");
        self.0.shows(&badge, status).await;
    }

    /// Waits until these are available, held, sold and waiting.
    pub(crate) async fn counts(&self, counts: [u32; 4]) {
        let names = ["available", "reserved", "sold", "waiting"];
        for (name, count) in names.into_iter().zip(counts) {
            let figure = format!("[data-stock={name}]");
            self.0.shows(&figure, &count.to_string()).await;
        }
    }

    pub(crate) async fn health_is(&self, status: &str) {
        self.0.shows("#health", status).await;
    }

    /// Opens a sale of one's own.
    pub(crate) async fn sell(&self, quantity: u32, hold_seconds: u32) {
        self.0.fill("#setup-quantity", &quantity.to_string()).await;
        self.0.fill("#setup-hold", &hold_seconds.to_string()).await;
        self.0.click("#reset").await;
        self.counts([quantity, 0, 0, 0]).await;
    }

    /// The SKU on sale.
    pub(crate) async fn sku(&self) -> String {
        self.0.text("#sku").await.unwrap()
    }

    /// The user that a shopper is to the server.
    pub(crate) async fn user(&self, shopper: &str) -> String {
        let user = format!("[data-shopper={shopper}] [data-field=user]");
        self.0.text(&user).await.unwrap()
    }
}
