//! A SKU in sentences.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::model::{Health, summarize};
use crate::inventory::Sku;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Fixed rules.
    Rules,
}

/// What is said of a SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Insight {
    /// The SKU.
    pub sku: Sku,
    /// Whether a model is set up.
    pub ai_enabled: bool,
    /// Who speaks.
    pub source: Source,
    /// The sentences.
    pub summary: String,
    /// The model's name; null when the rules speak.
    pub model: Option<String>,
    /// When it was said.
    pub generated_at: DateTime<Utc>,
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
