//! The hub: takes changes in and sends them to the subscriptions that they concern.

use std::collections::HashMap;
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use super::compacted_log::CompactedLog;
use super::event::{Event, ReservationJson};
use super::event_stream::EventStream;
use super::registry::{LastRead, Registry, Topic, send_if_later};
use crate::analytics::Health;
use crate::inventory::{Inventory, Sku};
use crate::reservations::{Reservation, ReservationId, ReservationStatus};
use crate::waitlist::WaitlistPosition;

/// A handle; clones share the hub.
#[derive(Debug, Clone)]
pub struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    reservation_json: ReservationJson,
    slots: Arc<Semaphore>,
    /// Read by each commit, without the lock.
    subscribers: AtomicUsize,
    /// `None` once the hub is closed.
    registry: Mutex<Option<Registry>>,
    pending: Notify,
    subscribed: Notify,
}

/// The right to one stream, of which there are only so many.
#[derive(Debug)]
pub struct Slot {
    _permit: OwnedSemaphorePermit,
}

/// One stream. Ends when dropped.
#[derive(Debug)]
pub struct Subscription {
    pub(super) events: EventStream,
    hub: Hub,
    topic: Topic,
    _slot: Slot,
}

impl Hub {
    /// A hub for at most `capacity` streams, which sends reservations as `reservation_json` writes them.
    #[must_use]
    pub fn new(capacity: usize, reservation_json: ReservationJson) -> Self {
        Self(Arc::new(Inner {
            reservation_json,
            slots: Arc::new(Semaphore::new(capacity.min(Semaphore::MAX_PERMITS))),
            subscribers: AtomicUsize::new(0),
            registry: Mutex::new(Some(Registry::default())),
            pending: Notify::new(),
            subscribed: Notify::new(),
        }))
    }

    /// Reserves a stream; `None` if all are taken.
    #[must_use]
    pub fn slot(&self) -> Option<Slot> {
        let permit = Arc::clone(&self.0.slots).try_acquire_owned().ok()?;
        Some(Slot { _permit: permit })
    }

    /// Subscribes to `topic`. Whatever is committed from then on is sent.
    #[must_use]
    pub fn subscribe(&self, topic: Topic, slot: Slot) -> Subscription {
        let events = match self.registry().as_mut() {
            Some(registry) => registry.subscribe(&topic),
            // Ends at once, as its sender is dropped.
            None => EventStream::one(&watch::Sender::new(Event::NONE)),
        };
        self.0.subscribers.fetch_add(1, Ordering::SeqCst);
        self.0.subscribed.notify_one();
        Subscription {
            events,
            hub: self.clone(),
            topic,
            _slot: slot,
        }
    }

    /// Ends all streams, and those to come.
    pub fn close(&self) {
        *self.registry() = None;
    }

    /// Takes in what this process has committed. Costs one atomic read without subscribers.
    pub fn committed(&self, inventories: Vec<Inventory>) {
        if self.subscribers() > 0 {
            self.enqueue(inventories.into_iter().map(Health::from));
        }
    }

    /// Sends SKU states at once to the subscriptions that have not got them or newer ones.
    pub fn publish(&self, found: impl IntoIterator<Item = Health>) {
        let all = self.all();
        let mut changed = Vec::new();
        for health in found {
            let latest = self.latest_of(&health.sku);
            if latest.is_none() && all.is_none() {
                continue;
            }
            let event = Event::inventory(&health);
            if let Some(latest) = latest {
                send_if_later(&latest, &event, false);
            }
            changed.push((health.sku, event));
        }
        if let Some((log, last)) = all {
            last.send_replace(log.append(changed));
        }
    }

    /// Sends a reservation that was read with its SKU at `version`; `None` has the next poll read it
    /// again.
    pub fn publish_reservation(
        &self,
        reservation: &Reservation,
        place: Option<WaitlistPosition>,
        version: Option<i64>,
    ) {
        let event = Event::reservation(reservation, place, self.0.reservation_json);
        if let Some(registry) = self.registry().as_mut()
            && let Some(topic) = registry.reservations.get_mut(&reservation.reservation_id)
        {
            let expires_at = reservation.hold.map(|hold| hold.expires_at);
            let expired = reservation.status == ReservationStatus::Expired;
            let is_overdue = expired && expires_at.is_some_and(|end| reservation.updated_at < end);
            if !reservation.status.is_live() && !is_overdue {
                topic.last_read = LastRead::Ended;
            } else if let Some(version) = version {
                // The end of an overdue hold is not committed yet: it may have been sold in time.
                let due = expires_at.filter(|_| !is_overdue);
                topic.last_read = LastRead::At { version, due };
            }
            // At the same position, a waiter may stop being servable, and become so again. The polls
            // follow one another; the read of a new subscriber may be older than the last poll.
            let is_waiting = reservation.status == ReservationStatus::Waitlisted;
            send_if_later(&topic.latest, &event, is_waiting && version.is_some());
        }
    }

    pub(super) fn subscribers(&self) -> usize {
        self.0.subscribers.load(Ordering::SeqCst)
    }

    pub(super) async fn wait_for_subscriber(&self) {
        while self.subscribers() == 0 {
            self.0.subscribed.notified().await;
        }
    }

    /// Makes the states pending that are new to a subscription.
    pub(super) fn enqueue(&self, found: impl IntoIterator<Item = Health>) {
        if let Some(registry) = self.registry().as_mut() {
            for health in found {
                registry.enqueue(health);
            }
            if !registry.pending.is_empty() {
                self.0.pending.notify_one();
            }
        }
    }

    /// Waits for pending changes. They may have been sent by the time it returns.
    pub(super) async fn wait_for_pending(&self) {
        self.0.pending.notified().await;
    }

    /// Sends all pending changes.
    pub(super) fn flush(&self) {
        let mut registry = self.registry();
        let pending = registry.as_mut().map(|it| mem::take(&mut it.pending));
        drop(registry);
        self.publish(pending.into_iter().flatten().map(|(_, health)| health));
    }

    /// The SKUs that have subscribers, or whose reservations have, with the versions that are known.
    pub(super) fn known_versions(&self) -> Vec<(Sku, i64)> {
        let registry = self.registry();
        let skus = registry.iter().flat_map(|registry| &registry.skus);
        skus.map(|(sku, topic)| (sku.clone(), topic.known_version))
            .collect()
    }

    /// Whether a hold has subscribers: it ends by itself, without a change to its SKU.
    pub(super) fn has_holds(&self) -> bool {
        let registry = self.registry();
        let mut topics = registry.iter().flat_map(|it| it.reservations.values());
        topics.any(|topic| matches!(topic.last_read, LastRead::At { due: Some(_), .. }))
    }

    /// The reservations to read again, with the versions at which their SKUs are known.
    pub(super) fn stale_reservations(
        &self,
        now: Option<DateTime<Utc>>,
    ) -> HashMap<ReservationId, i64> {
        let registry = self.registry();
        let stale = registry.iter().flat_map(|registry| {
            let reservations = registry.reservations.iter();
            reservations.filter_map(|(id, topic)| {
                let version = registry.skus[&topic.sku].known_version;
                let is_stale = topic.last_read.is_stale(version, now);
                is_stale.then_some((*id, version))
            })
        });
        stale.collect()
    }

    /// The log of all SKUs, if it has subscribers.
    pub(super) fn log(&self) -> Option<Arc<CompactedLog>> {
        self.all().map(|(log, _)| log)
    }

    fn all(&self) -> Option<(Arc<CompactedLog>, watch::Sender<u64>)> {
        let registry = self.registry();
        let all = registry.as_ref()?.all.as_ref()?;
        Some((Arc::clone(&all.log), all.last.clone()))
    }

    fn latest_of(&self, sku: &Sku) -> Option<watch::Sender<Event>> {
        let registry = self.registry();
        let latest = &registry.as_ref()?.skus.get(sku)?.latest;
        (latest.receiver_count() > 0).then(|| latest.clone())
    }

    fn registry(&self) -> MutexGuard<'_, Option<Registry>> {
        let registry = self.0.registry.lock();
        registry.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.0.subscribers.fetch_sub(1, Ordering::SeqCst);
        if let Some(registry) = self.hub.registry().as_mut() {
            registry.unsubscribe(&self.topic);
        }
    }
}
