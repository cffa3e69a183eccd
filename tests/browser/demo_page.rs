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

    /// Waits until the page tells the story so.
    pub(crate) async fn narrates(&self, text: &str) {
        self.0.mentions("#narration", text).await;
    }

    /// Waits until the page shows this as the call behind the click, with its status.
    pub(crate) async fn called(&self, method: &str, path: &str, status: &str) {
        self.0.mentions("#last-call", path).await;
        self.0.shows("#last-call-status", status).await;
        let latest = "#calls li:not(.background) .method";
        self.0.shows(latest, method).await;
    }

    /// Waits until these stand in the line, in the order of arrival.
    pub(crate) async fn line_is(&self, shoppers: &[&str]) {
        self.0.lists("#line > .chip", shoppers).await;
    }

    /// Waits until the page counts no broken promise, and so many units passed on.
    pub(crate) async fn kept_its_promises(&self, passed_on: u32) {
        self.0.shows("[data-promise=oversold]", "0").await;
        self.0.shows("[data-promise=outOfTurn]", "0").await;
        let passed_on = passed_on.to_string();
        self.0.shows("[data-promise=passedOn]", &passed_on).await;
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

    /// Waits until the shopper's card has this sentence.
    pub(crate) async fn says(&self, shopper: &str, sentence: &str) {
        let place = format!("[data-shopper={shopper}] [data-field=sentence]");
        self.0.shows(&place, sentence).await;
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
