//! Plain-language summary of a SKU: written by a model if one is configured and working, otherwise by rules.

mod chat_client;
mod circuit_breaker;
mod format;
mod model_config;
mod model_writer;
mod prompt;
mod rules;
mod sanitize;
mod settings;
mod stats;
mod store;
mod summary_cache;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

pub use chat_client::ClientError;
pub use model_config::ModelConfig;
pub use settings::{ModelSettings, ModelSettingsError};
pub use summary_cache::SummaryCache;

use crate::inventory::Sku;

/// The author of a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "InsightSource")]
#[serde(rename_all = "lowercase")]
pub enum SummarySource {
    /// The configured model.
    Model,
    /// Fixed rules.
    Rules,
}

/// A plain-language summary of a SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(example = example())]
pub struct Insight {
    /// The SKU.
    pub sku: Sku,
    /// Whether a model is configured.
    pub ai_enabled: bool,
    /// The author of the summary.
    pub source: SummarySource,
    /// The summary, as plain text. Don't render it as HTML or Markdown.
    #[schemars(length(min = 1))]
    pub summary: String,
    /// The model's name. Null if the rules wrote the summary.
    pub model: Option<String>,
    /// When the underlying data was read.
    pub generated_at: DateTime<Utc>,
}

fn example() -> Value {
    json!({
        "sku": "SKU123",
        "ai_enabled": false,
        "source": "rules",
        "summary": "70 of 100 units sold, 30 held, 0 available. No reservations or sales in the \
            last 10 minutes. Nothing is available until a hold ends without a sale or you restock.",
        "model": null,
        "generated_at": "2026-01-05T09:00:00.123456Z",
    })
}
