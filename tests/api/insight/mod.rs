//! `GET /analytics/ai/inventory/{sku}` with a model behind it, and by rules.

mod faults;
mod figures;
mod limits;
mod model;
mod secrets;
mod server;

use serde_json::Value;

use self::server::ModelServer;
use crate::service::Service;

const MODEL: &str = "test-model";

impl ModelServer {
    /// A service that asks this server, with these flags too.
    async fn serve(&self, flags: &[&str]) -> Service {
        let base_url = format!("--ai-base-url={}/v1", self.site);
        let own = [base_url.as_str(), "--ai-model=test-model"];
        Service::with(&[&own, flags].concat()).await
    }
}

impl Service {
    /// What is said of a SKU.
    async fn told(&self, sku: &str) -> Value {
        let path = format!("/analytics/ai/inventory/{sku}");
        self.get(&path).await.is(200)
    }

    /// Sets up a SKU of its own and tells of it, so that nothing is remembered.
    async fn told_anew(&self, sku: &str) -> Value {
        self.stock(sku, 10).await;
        self.told(sku).await
    }
}

/// The model spoke, and said so.
#[track_caller]
fn assert_model_says(told: &Value, text: &str) {
    assert_eq!(told["source"], "model", "{told}");
    assert_eq!(told["summary"], text, "{told}");
    assert_eq!(told["model"], MODEL, "{told}");
    assert_eq!(told["ai_enabled"], true, "{told}");
}

/// The rules spoke for a model that is set up.
#[track_caller]
fn assert_rules_speak(told: &Value) {
    assert_eq!(told["source"], "rules", "{told}");
    assert_eq!(told["model"], Value::Null, "{told}");
    assert_eq!(told["ai_enabled"], true, "{told}");
    let summary = told["summary"].as_str().unwrap();
    assert!(summary.contains("of 10 units sold"), "{told}");
}
