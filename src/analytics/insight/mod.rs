//! A SKU in sentences: by a model where one is set up and well, else by rules.

mod access;
mod chat;
mod figures;
mod gate;
mod prompt;
mod rules;
mod settings;
mod speaker;
mod store;
mod teller;
#[cfg(test)]
mod tests;
mod text;
mod words;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

pub use access::ModelAccess;
pub use chat::ClientError;
pub use settings::{ModelSettings, ModelSettingsError};
pub use teller::Teller;

use crate::inventory::Sku;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "InsightSource")]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The model that is set up.
    Model,
    /// Fixed rules.
    Rules,
}

/// What is said of a SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(example = example())]
pub struct Insight {
    /// The SKU.
    pub sku: Sku,
    /// Whether a model is set up.
    pub ai_enabled: bool,
    /// Who speaks.
    pub source: Source,
    /// The sentences: plain text, never to be interpreted.
    #[schemars(length(min = 1))]
    pub summary: String,
    /// The model's name; null when the rules speak.
    pub model: Option<String>,
    /// When the figures were read.
    pub generated_at: DateTime<Utc>,
}

fn example() -> Value {
    json!({
        "sku": "SKU123",
        "ai_enabled": false,
        "source": "rules",
        "summary": "70 of 100 units are sold, 30 held, 0 available. Restock to go on selling.",
        "model": null,
        "generated_at": "2026-01-05T09:00:00.123456Z",
    })
}
