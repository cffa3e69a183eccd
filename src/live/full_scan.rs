//! The scan for subscribers of all SKUs: first every SKU, page by page, then those that changed.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use tokio::time::Instant;

use super::compacted_log::CompactedLog;
use super::hub::Hub;
use super::store::{self, Watermark};
use crate::analytics;
use crate::inventory::Sku;

/// How many SKUs are read at once.
const PAGE: i64 = 1000;

/// How long a step reads pages, while subscribers of single SKUs wait for the next poll.
const STEP_TIME: Duration = Duration::from_millis(50);

/// Back-off factor: the search for changes rests for this many times the duration of the last one.
const REST: u32 = 9;

#[derive(Debug)]
pub(super) struct FullScan {
    log: Arc<CompactedLog>,
    /// The last SKU that was read.
    after: Option<Sku>,
    has_read_all: bool,
    watermark: Option<Watermark>,
    next_search: Instant,
}

impl FullScan {
    pub(super) fn new(log: Arc<CompactedLog>) -> Self {
        Self {
            log,
            after: None,
            has_read_all: false,
            watermark: None,
            next_search: Instant::now(),
        }
    }

    /// Whether the scan fills `log`, and not that of earlier subscribers.
    pub(super) fn fills(&self, log: &Arc<CompactedLog>) -> bool {
        Arc::ptr_eq(&self.log, log)
    }

    /// Publishes what has changed since the last step, if anything can have, and some more pages.
    pub(super) async fn step(&mut self, pool: &PgPool, hub: &Hub) -> sqlx::Result<()> {
        let began = Instant::now();
        if began < self.next_search {
            return Ok(());
        }
        // Before the search: what is committed during it belongs to the next one.
        let watermark = store::watermark(pool).await?;
        if let Some(before) = &self.watermark {
            if self.has_read_all && before.snapshot == watermark.snapshot {
                return Ok(());
            }
            let changed = store::changed_since(pool, before.since).await?;
            hub.enqueue(changed);
        }
        self.watermark = Some(watermark);
        let searched = began.elapsed();
        self.read_page(pool, hub).await?;
        while !self.has_read_all && began.elapsed() < STEP_TIME {
            self.read_page(pool, hub).await?;
        }
        self.next_search = began + searched * (REST + 1);
        Ok(())
    }

    /// Starts over after the last page: that finds, by its version, a change that the search missed,
    /// as when the database's clock was set back.
    async fn read_page(&mut self, pool: &PgPool, hub: &Hub) -> sqlx::Result<()> {
        let rows = if self.has_read_all { PAGE / 10 } else { PAGE };
        let page = analytics::store::list(pool, self.after.as_ref(), rows).await?;
        self.after = page.last().map(|last| last.sku.clone());
        self.has_read_all |= self.after.is_none();
        let newer = page.into_iter().filter(|health| {
            let sent = self.log.version_of(&health.sku);
            sent.is_none_or(|sent| sent < health.version)
        });
        hub.publish(newer);
        Ok(())
    }
}
