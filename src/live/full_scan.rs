//! The look at all SKUs: first each as it is, page by page, then those that changed.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use tokio::time::Instant;

use super::board::Board;
use super::everything::Everything;
use super::store::{self, Pulse};
use crate::analytics;
use crate::inventory::Sku;

/// How many SKUs are read at once.
const PAGE: i64 = 1000;

/// How long pages are read before whoever watches one SKU has a turn.
const TURN: Duration = Duration::from_millis(50);

/// How many times as long as a look at all SKUs took there is none.
const REST: u32 = 9;

/// How far it is, and what it has seen.
#[derive(Debug)]
pub(super) struct Walk {
    everything: Arc<Everything>,
    /// The SKU that was read last.
    after: Option<Sku>,
    has_read_all: bool,
    seen: Option<Pulse>,
    next_look: Instant,
}

impl Walk {
    pub(super) fn through(everything: Arc<Everything>) -> Self {
        Self {
            everything,
            after: None,
            has_read_all: false,
            seen: None,
            next_look: Instant::now(),
        }
    }

    /// Whether it is those who watch now for whom it looks.
    pub(super) fn is_through(&self, everything: &Arc<Everything>) -> bool {
        Arc::ptr_eq(&self.everything, everything)
    }

    /// Shows what has changed since the last time, if anything can have, and some more pages.
    pub(super) async fn go_on(&mut self, pool: &PgPool, board: &Board) -> sqlx::Result<()> {
        let began = Instant::now();
        if began < self.next_look {
            return Ok(());
        }
        // Before the look: what is committed during it belongs to the next one.
        let pulse = store::pulse(pool).await?;
        if self
            .seen
            .as_ref()
            .is_some_and(|seen| seen.snapshot == pulse.snapshot)
            && self.has_read_all
        {
            return Ok(());
        }
        if let Some(seen) = &self.seen {
            let changed = store::changed_since(pool, seen.since).await?;
            board.hear(changed);
        }
        self.seen = Some(pulse);
        let looked = began.elapsed();
        self.read_a_page(pool, board).await?;
        while !self.has_read_all && began.elapsed() < TURN {
            self.read_a_page(pool, board).await?;
        }
        self.next_look = began + looked * (REST + 1);
        Ok(())
    }

    /// Begins anew behind the last page: a change that escaped the look, as when the database's
    /// clock was set back, is found so by its version.
    async fn read_a_page(&mut self, pool: &PgPool, board: &Board) -> sqlx::Result<()> {
        let rows = if self.has_read_all { PAGE / 10 } else { PAGE };
        let page = analytics::store::list(pool, self.after.as_ref(), rows).await?;
        self.after = page.last().map(|last| last.sku.clone());
        self.has_read_all |= self.after.is_none();
        let unknown = page.into_iter().filter(|health| {
            let shown = self.everything.version_of(&health.sku);
            shown.is_none_or(|shown| shown < health.version)
        });
        board.show(unknown);
        Ok(())
    }
}
