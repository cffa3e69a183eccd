//! What is watched: SKUs, reservations, or all SKUs.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::everything::Everything;
use super::model::Shown;
use crate::analytics::Health;
use crate::inventory::Sku;
use crate::reservations::ReservationId;

/// A SKU that somebody watches, or that somebody's reservation is of.
#[derive(Debug)]
pub(super) struct SkuTopic {
    /// The latest version that was heard of.
    pub(super) known: i64,
    pub(super) watchers: usize,
    pub(super) latest: watch::Sender<Shown>,
}

/// A reservation that somebody watches.
#[derive(Debug)]
pub(super) struct ReservationTopic {
    pub(super) sku: Sku,
    pub(super) watchers: usize,
    pub(super) latest: watch::Sender<Shown>,
    pub(super) reading: Reading,
}

/// When a reservation has to be read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// It was not read since somebody watches it.
    Never,
    /// It was read when its SKU was known to be at this version, and reads otherwise at that
    /// instant, if there is one.
    At(i64, Option<DateTime<Utc>>),
    /// It has ended: never.
    Ended,
}

impl Reading {
    /// Whether it may read otherwise, at `now` and with its SKU at the version `known`.
    pub(super) fn is_stale(self, known: i64, now: Option<DateTime<Utc>>) -> bool {
        match self {
            Self::Never => true,
            Self::At(version, due) => {
                version < known || due.zip(now).is_some_and(|(due, now)| due <= now)
            }
            Self::Ended => false,
        }
    }
}

/// All SKUs, which somebody watches.
#[derive(Debug)]
pub(super) struct AllTopic {
    pub(super) everything: Arc<Everything>,
    pub(super) watchers: usize,
    /// The number of the last event.
    pub(super) last: watch::Sender<u64>,
}

/// All that is watched, and what is new of it.
#[derive(Debug, Default)]
pub(super) struct Topics {
    pub(super) skus: HashMap<Sku, SkuTopic>,
    pub(super) reservations: HashMap<ReservationId, ReservationTopic>,
    pub(super) all: Option<AllTopic>,
    /// What is yet to be shown.
    pub(super) news: HashMap<Sku, Health>,
}

impl SkuTopic {
    pub(super) fn new() -> Self {
        Self {
            known: 0,
            watchers: 0,
            latest: watch::Sender::new(Shown::NOTHING),
        }
    }
}

impl Topics {
    /// Takes `health` for news if it is newer than what is known and somebody watches its SKU.
    pub(super) fn hear(&mut self, health: Health) {
        let version = health.version;
        let mut new = false;
        if let Some(topic) = self.skus.get_mut(&health.sku) {
            new = topic.known < version;
            topic.known = topic.known.max(version);
        }
        if let Some(all) = &self.all {
            let shown = all.everything.version_of(&health.sku);
            new |= shown.is_none_or(|shown| shown < version);
        }
        let told = self.news.get(&health.sku).map(|told| told.version);
        if new && told.is_none_or(|told| told < version) {
            self.news.insert(health.sku.clone(), health);
        }
    }

    /// The SKU, one watcher more.
    pub(super) fn sku(&mut self, sku: &Sku) -> &SkuTopic {
        let topic = self.skus.entry(sku.clone()).or_insert_with(SkuTopic::new);
        topic.watchers += 1;
        topic
    }

    /// One watcher of the SKU less.
    pub(super) fn leave_sku(&mut self, sku: &Sku) {
        if let Some(topic) = self.skus.get_mut(sku) {
            topic.watchers -= 1;
            if topic.watchers == 0 {
                self.skus.remove(sku);
            }
        }
    }

    /// The reservation, one watcher more, of its SKU too.
    pub(super) fn reservation(&mut self, id: ReservationId, sku: &Sku) -> &ReservationTopic {
        self.sku(sku);
        let topic = self
            .reservations
            .entry(id)
            .or_insert_with(|| ReservationTopic {
                sku: sku.clone(),
                watchers: 0,
                latest: watch::Sender::new(Shown::NOTHING),
                reading: Reading::Never,
            });
        topic.watchers += 1;
        topic
    }

    /// One watcher of the reservation and of its SKU less.
    pub(super) fn leave_reservation(&mut self, id: ReservationId) {
        let Some(topic) = self.reservations.get_mut(&id) else {
            return;
        };
        let sku = topic.sku.clone();
        topic.watchers -= 1;
        if topic.watchers == 0 {
            self.reservations.remove(&id);
        }
        self.leave_sku(&sku);
    }

    /// All SKUs, one watcher more.
    pub(super) fn all(&mut self) -> &AllTopic {
        let topic = self.all.get_or_insert_with(|| AllTopic {
            everything: Arc::default(),
            watchers: 0,
            last: watch::Sender::new(0),
        });
        topic.watchers += 1;
        topic
    }

    /// One watcher of all SKUs less. What was shown goes with the last.
    pub(super) fn leave_all(&mut self) {
        if let Some(topic) = &mut self.all {
            topic.watchers -= 1;
            if topic.watchers == 0 {
                self.all = None;
            }
        }
    }
}

/// Shows what is later than what is shown.
pub(super) fn show_if_later(latest: &watch::Sender<Shown>, shown: &Shown) {
    latest.send_if_modified(|before| {
        let later = before.turn < shown.turn;
        if later {
            before.clone_from(shown);
        }
        later
    });
}
