//! The board: who watches what, and what they are shown.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use super::everything::Everything;
use super::feed::Feed;
use super::model::Shown;
use super::topics::{Reading, Topics};
use crate::analytics::Health;
use crate::inventory::{Inventory, Sku};
use crate::reservations::{ReservationId, ReservationView};

/// A handle that may be cloned.
#[derive(Debug, Clone)]
pub struct Board(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    room: Arc<Semaphore>,
    /// How many watch something, to be looked at without the lock.
    watching: AtomicUsize,
    /// None once the service ends.
    topics: Mutex<Option<Topics>>,
    /// Woken when there is news.
    news: Notify,
    /// Woken when somebody begins to watch.
    arrivals: Notify,
}

/// Room for a stream.
#[derive(Debug)]
pub(super) struct Room {
    _permit: OwnedSemaphorePermit,
}

/// Somebody who watches, until this is dropped.
#[derive(Debug)]
pub(super) struct Watcher {
    board: Board,
    subject: Subject,
    _room: Room,
}

#[derive(Debug, Clone)]
pub(super) enum Subject {
    Sku(Sku),
    Reservation(ReservationId, Sku),
    All,
}

/// The watching.
impl Board {
    /// A board for so many streams.
    #[must_use]
    pub fn new(room: usize) -> Self {
        Self(Arc::new(Inner {
            room: Arc::new(Semaphore::new(room.min(Semaphore::MAX_PERMITS))),
            watching: AtomicUsize::new(0),
            topics: Mutex::new(Some(Topics::default())),
            news: Notify::new(),
            arrivals: Notify::new(),
        }))
    }

    /// Room for one more stream, unless there is none.
    pub(super) fn room(&self) -> Option<Room> {
        let room = Arc::clone(&self.0.room).try_acquire_owned();
        room.ok().map(|permit| Room { _permit: permit })
    }

    /// Begins to watch. From then on, whatever is committed is shown.
    pub(super) fn watch(&self, subject: Subject, room: Room) -> (Feed, Watcher) {
        let feed = match self.topics().as_mut() {
            Some(topics) => subject.begin(topics),
            None => Feed::One(watch::Sender::new(Shown::NOTHING).subscribe()),
        };
        self.0.watching.fetch_add(1, Ordering::SeqCst);
        self.0.arrivals.notify_one();
        let watcher = Watcher {
            board: self.clone(),
            subject,
            _room: room,
        };
        (feed, watcher)
    }

    /// Ends all streams, and those to come.
    pub fn close(&self) {
        *self.topics() = None;
    }

    /// How many watch something.
    pub(super) fn watching(&self) -> usize {
        self.0.watching.load(Ordering::SeqCst)
    }

    /// Returns once somebody watches something.
    pub(super) async fn until_watched(&self) {
        while self.watching() == 0 {
            self.0.arrivals.notified().await;
        }
    }

    fn topics(&self) -> MutexGuard<'_, Option<Topics>> {
        self.0.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subject {
    fn begin(&self, topics: &mut Topics) -> Feed {
        match self {
            Self::Sku(sku) => Feed::One(topics.sku(sku).latest.subscribe()),
            Self::Reservation(id, sku) => {
                Feed::One(topics.reservation(*id, sku).latest.subscribe())
            }
            Self::All => {
                let all = topics.all();
                Feed::All(Arc::clone(&all.everything), 0, all.last.subscribe())
            }
        }
    }

    fn end(&self, topics: &mut Topics) {
        match self {
            Self::Sku(sku) => topics.leave_sku(sku),
            Self::Reservation(id, _) => topics.leave_reservation(*id),
            Self::All => topics.leave_all(),
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.board.0.watching.fetch_sub(1, Ordering::SeqCst);
        if let Some(topics) = self.board.topics().as_mut() {
            self.subject.end(topics);
        }
    }
}

/// The news.
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
                self.0.news.notify_one();
            }
        }
    }

    /// Waits until there is news. Some of it may be gone by then.
    pub(super) async fn until_news(&self) {
        self.0.news.notified().await;
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
    pub(super) fn show(&self, found: impl IntoIterator<Item = Health>) {
        let all = self.all();
        let mut changed = Vec::new();
        for health in found {
            let latest = self.latest_of(&health.sku);
            if latest.is_none() && all.is_none() {
                continue;
            }
            let shown = Shown::inventory(&health);
            if let Some(latest) = latest {
                replace(&latest, &shown);
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

    fn all(&self) -> Option<(Arc<Everything>, watch::Sender<u64>)> {
        let topics = self.topics();
        let all = topics.as_ref()?.all.as_ref()?;
        Some((Arc::clone(&all.everything), all.last.clone()))
    }
}

/// What has to be asked of the database.
impl Board {
    /// The SKUs that matter to somebody, with the versions that are known.
    pub(super) fn known(&self) -> Vec<(Sku, i64)> {
        let topics = self.topics();
        let skus = topics.iter().flat_map(|topics| &topics.skus);
        skus.map(|(sku, topic)| (sku.clone(), topic.known))
            .collect()
    }

    /// What is shown of all SKUs, if somebody watches them.
    pub(super) fn everything(&self) -> Option<Arc<Everything>> {
        self.all().map(|(everything, _)| everything)
    }

    /// Whether somebody watches a hold, which ends by itself.
    pub(super) fn has_holds(&self) -> bool {
        let topics = self.topics();
        let mut topics = topics
            .iter()
            .flat_map(|topics| topics.reservations.values());
        topics.any(|topic| matches!(topic.reading, Reading::At(_, Some(_))))
    }

    /// The reservations that may read otherwise than they are shown, with the versions of their
    /// SKUs, when it is `now`.
    pub(super) fn stale(&self, now: Option<DateTime<Utc>>) -> Vec<(ReservationId, i64)> {
        let topics = self.topics();
        let mut stale = Vec::new();
        for topics in topics.iter() {
            for (id, topic) in &topics.reservations {
                let known = topics.skus.get(&topic.sku).map_or(0, |sku| sku.known);
                if topic.reading.is_stale(known, now) {
                    stale.push((*id, known));
                }
            }
        }
        stale
    }

    /// Shows a reservation as it was read when its SKU was known to be at `version`; `None` when
    /// that is to be found out by the next look.
    pub(super) fn show_reservation(&self, view: &ReservationView, version: Option<i64>) {
        let shown = Shown::reservation(view);
        if let Some(topics) = self.topics().as_mut()
            && let Some(topic) = topics.reservations.get_mut(&view.reservation_id)
        {
            if !view.status.is_live() {
                topic.reading = Reading::Ended;
            } else if let Some(version) = version {
                topic.reading = Reading::At(version, view.expires_at);
            }
            replace(&topic.latest, &shown);
        }
    }
}

/// Shows what is later than what is shown.
fn replace(latest: &watch::Sender<Shown>, shown: &Shown) {
    latest.send_if_modified(|before| {
        let later = before.turn < shown.turn;
        if later {
            before.clone_from(shown);
        }
        later
    });
}
