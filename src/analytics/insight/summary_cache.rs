//! One summary for each version of a SKU, cached for a short time and shared by concurrent requests.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use sqlx::PgPool;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::chat_client::ClientError;
use super::model_config::ModelConfig;
use super::model_writer::ModelWriter;
use super::{Insight, SummarySource, rules, store};
use crate::analytics::Health;
use crate::deadline::Deadline;
use crate::inventory::Sku;

/// Entries of about 1 KB each.
const CAPACITY: usize = 4096;

/// How long a summary by the model is cached.
const MODEL_TTL: Duration = Duration::from_mins(1);

/// How long a summary by rules is cached. They cost a read of the ledger, and the model may recover.
const RULES_TTL: Duration = Duration::from_secs(2);

/// A SKU and the version of its row.
type Key = (Sku, i64);

#[derive(Debug, Clone)]
struct Entry {
    insight: Insight,
    expires_at: Instant,
}

/// Writes summaries and caches them.
#[derive(Debug)]
pub struct SummaryCache {
    pool: PgPool,
    model: Option<ModelWriter>,
    entries: Cache<Key, Entry>,
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl SummaryCache {
    /// Reads with `pool`, and calls the model of `config`, if any. Its tasks run on `tracker` and end
    /// when `stop` is cancelled.
    ///
    /// # Errors
    /// When the HTTP client for the model can't be built.
    pub fn new(
        pool: PgPool,
        config: Option<&ModelConfig>,
        tracker: TaskTracker,
        stop: CancellationToken,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            pool,
            model: config.map(ModelWriter::new).transpose()?,
            entries: Cache::new(CAPACITY),
            tracker,
            stop,
        })
    }

    /// The summary for this state of a SKU. Holds no connection while it waits for the model.
    ///
    /// # Errors
    /// Those of the database; a time-out at the deadline.
    pub async fn get(self: Arc<Self>, health: Health, deadline: Deadline) -> sqlx::Result<Insight> {
        let key = (health.sku.clone(), health.version);
        let cached = self.entries.get(&key).filter(|entry| !entry.is_expired());
        if let Some(entry) = cached {
            return Ok(entry.insight);
        }
        // In a task of its own, since a client that disconnects must neither waste the call to the
        // model nor hide its failure from the circuit breaker.
        let (cache, stop) = (Arc::clone(&self), self.stop.clone());
        let work = async move { deadline.run(cache.get_or_write(&key, health)).await };
        let task = async move { stop.run_until_cancelled(work).await };
        match self.tracker.spawn(task.in_current_span()).await {
            Ok(Some(insight)) => insight,
            Ok(None) | Err(_) => Err(sqlx::Error::Io(ErrorKind::Interrupted.into())),
        }
    }

    /// One task writes while others wait for the same key. If it fails, the next one tries.
    async fn get_or_write(&self, key: &Key, health: Health) -> sqlx::Result<Insight> {
        self.entries.remove_if(key, Entry::is_expired);
        match self.entries.get_value_or_guard_async(key).await {
            Ok(entry) => Ok(entry.insight),
            Err(guard) => {
                let insight = self.write(health).await?;
                // Refused only if the entry was removed meanwhile: then it is written again next time.
                let _ = guard.insert(Entry::new(insight.clone()));
                Ok(insight)
            }
        }
    }

    async fn write(&self, health: Health) -> sqlx::Result<Insight> {
        let stats = store::stats(&self.pool, health).await?;
        let written = match &self.model {
            Some(model) => model.write(&stats).await.map(|text| (model, text)),
            None => None,
        };
        let (source, model, summary) = match written {
            Some((model, text)) => (SummarySource::Model, Some(model.model().to_owned()), text),
            None => (SummarySource::Rules, None, rules::summarize(&stats)),
        };
        Ok(Insight {
            sku: stats.health.sku,
            ai_enabled: self.model.is_some(),
            source,
            summary,
            model,
            generated_at: stats.now,
        })
    }
}

impl Entry {
    fn new(insight: Insight) -> Self {
        let ttl = match insight.source {
            SummarySource::Model => MODEL_TTL,
            SummarySource::Rules => RULES_TTL,
        };
        let expires_at = Instant::now() + ttl;
        Self {
            insight,
            expires_at,
        }
    }

    fn is_expired(&self) -> bool {
        Instant::now() >= self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use tokio::time::advance;

    use super::*;

    fn entry(source: SummarySource) -> Entry {
        Entry::new(Insight {
            sku: Sku::parse("A").unwrap(),
            ai_enabled: true,
            source,
            summary: String::new(),
            model: None,
            generated_at: DateTime::UNIX_EPOCH,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn summaries_by_the_model_last_a_minute_and_those_by_rules_two_seconds() {
        for (source, ttl) in [
            (SummarySource::Model, Duration::from_mins(1)),
            (SummarySource::Rules, Duration::from_secs(2)),
        ] {
            let entry = entry(source);
            advance(ttl.mul_f64(0.99)).await;
            assert!(!entry.is_expired(), "{source:?}");
            advance(ttl.mul_f64(0.01)).await;
            assert!(entry.is_expired(), "{source:?}");
        }
    }
}
