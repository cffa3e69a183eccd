//! The board: who watches what, and what they are shown.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use super::feed::Feed;
use super::model::{ReservationJson, Shown};
use super::topics::Topics;
use crate::inventory::Sku;
use crate::reservations::ReservationId;

/// A handle that may be cloned.
#[derive(Debug, Clone)]
pub struct Board(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    reservation_json: ReservationJson,
    room: Arc<Semaphore>,
    /// How many watch something, to be looked at without the lock.
    watching: AtomicUsize,
    topics: Mutex<Option<Topics>>,
    news: Notify,
    /// Woken when somebody begins to watch.
    arrivals: Notify,
}

/// Room for a stream.
#[derive(Debug)]
pub(crate) struct Room {
    _permit: OwnedSemaphorePermit,
}

/// Somebody who watches, until this is dropped.
#[derive(Debug)]
pub(crate) struct Watcher {
    board: Board,
    subject: Subject,
    _room: Room,
}

#[derive(Debug, Clone)]
pub(crate) enum Subject {
    Sku(Sku),
    Reservation(ReservationId, Sku),
    All,
}

impl Board {
    /// A board for so many streams, whose reservations are written by `reservation_json`.
    #[must_use]
    pub fn new(room: usize, reservation_json: ReservationJson) -> Self {
        Self(Arc::new(Inner {
            reservation_json,
            room: Arc::new(Semaphore::new(room.min(Semaphore::MAX_PERMITS))),
            watching: AtomicUsize::new(0),
            topics: Mutex::new(Some(Topics::default())),
            news: Notify::new(),
            arrivals: Notify::new(),
        }))
    }

    /// Room for one more stream, unless there is none.
    pub(crate) fn room(&self) -> Option<Room> {
        let room = Arc::clone(&self.0.room).try_acquire_owned();
        room.ok().map(|permit| Room { _permit: permit })
    }

    /// Begins to watch. From then on, whatever is committed is shown.
    pub(crate) fn watch(&self, subject: Subject, room: Room) -> (Feed, Watcher) {
        let feed = match self.topics().as_mut() {
            Some(topics) => subject.begin(topics),
            None => Feed::one(&watch::Sender::new(Shown::NOTHING)),
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

    /// Writes a reservation as JSON.
    pub(super) fn reservation_json(&self) -> ReservationJson {
        self.0.reservation_json
    }

    /// Woken when there is news.
    pub(super) fn news(&self) -> &Notify {
        &self.0.news
    }

    /// All that is watched; `None` once the service ends.
    pub(super) fn topics(&self) -> MutexGuard<'_, Option<Topics>> {
        self.0.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subject {
    fn begin(&self, topics: &mut Topics) -> Feed {
        match self {
            Self::Sku(sku) => Feed::one(&topics.sku(sku).latest),
            Self::Reservation(id, sku) => Feed::one(&topics.reservation(*id, sku).latest),
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
