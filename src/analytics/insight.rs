//! A SKU in sentences.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::model::{Health, summarize};
use crate::inventory::Sku;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "InsightSource")]
#[serde(rename_all = "lowercase")]
pub enum Source {
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
    /// The sentences.
    #[schemars(length(min = 1))]
    pub summary: String,
    /// The model's name; null when the rules speak.
    pub model: Option<String>,
    /// When it was said.
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

/// Speaks of a SKU as of `now`. Always has an answer.
#[must_use]
pub(super) fn insight(health: &Health, now: DateTime<Utc>) -> Insight {
    Insight {
        sku: health.sku.clone(),
        ai_enabled: false,
        source: Source::Rules,
        summary: summarize(health),
        model: None,
        generated_at: now,
    }
}
