//! How what is new comes to the board, and from there to the streams.

use std::sync::Arc;

use tokio::sync::watch;

use super::board::Board;
use super::everything::Everything;
use super::model::Shown;
use super::topics::show_if_later;
use crate::analytics::Health;
use crate::inventory::{Inventory, Sku};

impl Board {
    /// Hears what this process has just committed. Costs a look at a number when nobody watches.
    pub fn committed(&self, inventories: Vec<Inventory>) {
        if self.watching() > 0 {
            self.hear(inventories.into_iter().map(Health::from));
        }
    }

    /// Hears how SKUs stand. What is known already, or watched by nobody, is no news.
    pub(super) fn hear(&self, found: impl IntoIterator<Item = Health>) {
        if let Some(topics) = self.topics().as_mut() {
            for health in found {
                topics.hear(health);
            }
            if !topics.news.is_empty() {
                self.news().notify_one();
            }
        }
    }

    /// Waits until there is news. Some of it may be gone by then.
    pub(super) async fn until_news(&self) {
        self.news().notified().await;
    }

    /// Shows all that is news.
    pub(super) fn show_news(&self) {
        let news = self
            .topics()
            .as_mut()
            .map(|topics| std::mem::take(&mut topics.news));
        self.show(news.into_iter().flatten().map(|(_, health)| health));
    }

    /// Shows how SKUs stand, to whoever is not shown that or something newer.
    pub(crate) fn show(&self, found: impl IntoIterator<Item = Health>) {
        let all = self.all();
        let mut changed = Vec::new();
        for health in found {
            let latest = self.latest_of(&health.sku);
            if latest.is_none() && all.is_none() {
                continue;
            }
            let shown = Shown::inventory(&health);
            if let Some(latest) = latest {
                show_if_later(&latest, &shown);
            }
            changed.push((health.sku, shown));
        }
        if let Some((everything, last)) = all {
            last.send_replace(everything.show(changed));
        }
    }

    /// Where the SKU is shown, if somebody watches it.
    fn latest_of(&self, sku: &Sku) -> Option<watch::Sender<Shown>> {
        let topics = self.topics();
        let latest = &topics.as_ref()?.skus.get(sku)?.latest;
        (latest.receiver_count() > 0).then(|| latest.clone())
    }

    /// Where all SKUs are shown, if somebody watches them.
    pub(super) fn all(&self) -> Option<(Arc<Everything>, watch::Sender<u64>)> {
        let topics = self.topics();
        let all = topics.as_ref()?.all.as_ref()?;
        Some((Arc::clone(&all.everything), all.last.clone()))
    }
}
