//! The topics that have subscribers, and the changes that are pending for them.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::compacted_log::CompactedLog;
use super::event::Event;
use super::event_stream::EventStream;
use crate::analytics::Health;
use crate::inventory::Sku;
use crate::reservations::ReservationId;

/// What a stream is about.
#[derive(Debug, Clone)]
pub enum Topic {
    /// One SKU.
    Sku(Sku),
    /// A reservation, and the SKU that it is of.
    Reservation(ReservationId, Sku),
    /// All SKUs.
    All,
}

/// A SKU with subscribers, or with a reservation that has some.
#[derive(Debug)]
pub(super) struct SkuTopic {
    pub(super) known_version: i64,
    subscribers: usize,
    pub(super) latest: watch::Sender<Event>,
}

#[derive(Debug)]
pub(super) struct ReservationTopic {
    pub(super) sku: Sku,
    subscribers: usize,
    pub(super) latest: watch::Sender<Event>,
    pub(super) last_read: LastRead,
}

/// Whether a reservation has to be read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LastRead {
    Never,
    /// Read with its SKU at this version. It changes by itself when it is due.
    At {
        version: i64,
        due: Option<DateTime<Utc>>,
    },
    /// It has ended and never changes again.
    Ended,
}

impl LastRead {
    /// Whether the reservation may have changed, `now` and with its SKU at `known_version`.
    pub(super) fn is_stale(self, known_version: i64, now: Option<DateTime<Utc>>) -> bool {
        match self {
            Self::Never => true,
            Self::At { version, due } => {
                version < known_version || due.zip(now).is_some_and(|(due, now)| due <= now)
            }
            Self::Ended => false,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct AllTopic {
    pub(super) log: Arc<CompactedLog>,
    subscribers: usize,
    /// The number of the last event in the log.
    pub(super) last: watch::Sender<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Registry {
    pub(super) skus: HashMap<Sku, SkuTopic>,
    pub(super) reservations: HashMap<ReservationId, ReservationTopic>,
    pub(super) all: Option<AllTopic>,
    /// Changes to send.
    pub(super) pending: HashMap<Sku, Health>,
}

impl Registry {
    pub(super) fn subscribe(&mut self, topic: &Topic) -> EventStream {
        match topic {
            Topic::Sku(sku) => EventStream::one(&self.add_sku(sku).latest),
            Topic::Reservation(id, sku) => {
                self.add_sku(sku);
                EventStream::one(&self.add_reservation(*id, sku).latest)
            }
            Topic::All => {
                let all = self.all.get_or_insert_default();
                all.subscribers += 1;
                EventStream::all(Arc::clone(&all.log), &all.last)
            }
        }
    }

    /// Forgets a topic with its last subscriber.
    pub(super) fn unsubscribe(&mut self, topic: &Topic) {
        match topic {
            Topic::Sku(sku) => self.remove_sku(sku),
            Topic::Reservation(id, sku) => {
                self.remove_reservation(*id);
                self.remove_sku(sku);
            }
            Topic::All => self.remove_all(),
        }
    }

    /// Makes `health` pending if it is newer than what is known and its SKU has subscribers.
    pub(super) fn enqueue(&mut self, health: Health) {
        let version = health.version;
        let mut is_new = false;
        if let Some(topic) = self.skus.get_mut(&health.sku) {
            is_new = topic.known_version < version;
            topic.known_version = topic.known_version.max(version);
        }
        if let Some(all) = &self.all {
            let sent = all.log.version_of(&health.sku);
            is_new |= sent.is_none_or(|sent| sent < version);
        }
        let pending = self.pending.get(&health.sku);
        if is_new && pending.is_none_or(|pending| pending.version < version) {
            self.pending.insert(health.sku.clone(), health);
        }
    }

    fn add_sku(&mut self, sku: &Sku) -> &SkuTopic {
        let topic = self.skus.entry(sku.clone()).or_insert_with(|| SkuTopic {
            known_version: 0,
            subscribers: 0,
            latest: watch::Sender::new(Event::NONE),
        });
        topic.subscribers += 1;
        topic
    }

    fn remove_sku(&mut self, sku: &Sku) {
        let Some(topic) = self.skus.get_mut(sku) else {
            unreachable!("the SKU of a subscriber is registered");
        };
        topic.subscribers -= 1;
        if topic.subscribers == 0 {
            self.skus.remove(sku);
        }
    }

    fn add_reservation(&mut self, id: ReservationId, sku: &Sku) -> &ReservationTopic {
        let topic = self
            .reservations
            .entry(id)
            .or_insert_with(|| ReservationTopic {
                sku: sku.clone(),
                subscribers: 0,
                latest: watch::Sender::new(Event::NONE),
                last_read: LastRead::Never,
            });
        topic.subscribers += 1;
        topic
    }

    fn remove_reservation(&mut self, id: ReservationId) {
        let Some(topic) = self.reservations.get_mut(&id) else {
            unreachable!("the reservation of a subscriber is registered");
        };
        topic.subscribers -= 1;
        if topic.subscribers == 0 {
            self.reservations.remove(&id);
        }
    }

    fn remove_all(&mut self) {
        let Some(topic) = &mut self.all else {
            unreachable!("the topic of a subscriber is registered");
        };
        topic.subscribers -= 1;
        if topic.subscribers == 0 {
            self.all = None;
        }
    }
}

/// Sends `event` to the subscribers unless a later one was sent. One of equal rank is sent if it
/// `may_replace` another.
pub(super) fn send_if_later(latest: &watch::Sender<Event>, event: &Event, may_replace: bool) {
    latest.send_if_modified(|sent| {
        let replaces = may_replace && sent.rank == event.rank && sent.frame != event.frame;
        let is_later = sent.rank < event.rank || replaces;
        if is_later {
            sent.clone_from(event);
        }
        is_later
    });
}
