//! What one stream is shown: the latest state, again and again.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::unfold;
use rand::Rng;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::board::Watcher;
use super::everything::Everything;
use super::model::Shown;

/// How often a comment is sent, so that neither side nor a proxy between them takes the connection
/// for idle.
const COMMENT_PAUSE: Duration = Duration::from_secs(15);

const COMMENT: Bytes = Bytes::from_static(b": still here\n\n");

/// What is new for a stream.
#[derive(Debug)]
pub(crate) enum Feed {
    /// One SKU or reservation.
    One(watch::Receiver<Shown>),
    /// All SKUs, behind the event of that number.
    All(Arc<Everything>, u64, watch::Receiver<u64>),
}

impl Feed {
    /// Of one subject, beginning with what is shown already.
    pub(super) fn one(latest: &watch::Sender<Shown>) -> Self {
        let mut latest = latest.subscribe();
        latest.mark_changed();
        Self::One(latest)
    }

    /// Waits for what is new; `None` when nothing will be. May be dropped while it waits.
    async fn next(&mut self) -> Option<Bytes> {
        match self {
            Self::One(latest) => loop {
                latest.changed().await.ok()?;
                let event = latest.borrow_and_update().event.clone();
                if !event.is_empty() {
                    return Some(event);
                }
            },
            Self::All(everything, read, last) => loop {
                if let Some((events, now)) = everything.behind(*read) {
                    *read = now;
                    return Some(events);
                }
                last.changed().await.ok()?;
            },
        }
    }
}

/// A stream that is open.
struct Open {
    feed: Feed,
    comments: Interval,
    greeted: bool,
    /// Watches until the stream is dropped.
    _watcher: Watcher,
}

/// The bytes of a stream, to its end: when its client leaves, or when the service ends.
pub(crate) fn bytes(
    feed: Feed,
    watcher: Watcher,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
    let mut comments = interval_at(Instant::now() + COMMENT_PAUSE, COMMENT_PAUSE);
    comments.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let open = Open {
        feed,
        comments,
        greeted: false,
        _watcher: watcher,
    };
    unfold(open, async |mut open| Some((Ok(open.next().await?), open)))
}

impl Open {
    async fn next(&mut self) -> Option<Bytes> {
        if !self.greeted {
            self.greeted = true;
            return Some(greeting());
        }
        tokio::select! {
            biased;
            _ = self.comments.tick() => Some(COMMENT),
            event = self.feed.next() => event,
        }
    }
}

/// Says when to connect again after an end: not all in the same instant, since a service that was
/// stopped ends all at once.
fn greeting() -> Bytes {
    let milliseconds = rand::rng().random_range(500..1500);
    format!("retry: {milliseconds}\n\n").into()
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::time::Duration;

    use futures_util::StreamExt;
    use tokio::time::{Instant, sleep};

    use super::{COMMENT, bytes};
    use crate::analytics::Health;
    use crate::inventory::{HealthStatus, Sku};
    use crate::live::Board;
    use crate::live::board::Subject;

    fn health(version: i64) -> Health {
        Health {
            sku: Sku::parse("A").unwrap(),
            available_inventory: 0,
            waitlist_size: 0,
            status: HealthStatus::OutOfStock,
            total_inventory: 0,
            reserved_inventory: 0,
            sold_inventory: 0,
            waitlist_quantity: 0,
            version,
            updated_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_comment_comes_every_15_seconds_whatever_else_comes() {
        let board = Board::new(1, |_, _| Ok(Vec::new()));
        let subject = Subject::Sku(health(1).sku);
        let (feed, watcher) = board.watch(subject, board.room().unwrap());
        let mut stream = pin!(bytes(feed, watcher));
        let began = Instant::now();
        let changes = async {
            for version in 1..=50 {
                board.show([health(version)]);
                sleep(Duration::from_secs(1)).await;
            }
            board.close();
        };
        let reading = async {
            let mut comments = Vec::new();
            while let Some(Ok(came)) = stream.next().await {
                if came == COMMENT {
                    comments.push(began.elapsed().as_secs());
                }
            }
            comments
        };
        let ((), comments) = tokio::join!(changes, reading);
        assert_eq!(comments, [15, 30, 45]);
    }

    #[tokio::test]
    async fn a_reader_that_lags_is_shown_the_latest_and_never_an_earlier_one() {
        let board = Board::new(1, |_, _| Ok(Vec::new()));
        let subject = Subject::Sku(health(1).sku);
        let (feed, watcher) = board.watch(subject, board.room().unwrap());
        let mut stream = pin!(bytes(feed, watcher));
        stream.next().await.unwrap().unwrap();
        for version in [3, 7, 5, 7] {
            board.show([health(version)]);
        }
        board.close();
        let shown = stream.next().await.unwrap().unwrap();
        assert!(shown.starts_with(b"event: inventory\nid: 7\ndata: {\"sku\":\"A\""));
        assert_eq!(stream.next().await, None);
    }

    #[test]
    fn what_nobody_watches_any_more_leaves_nothing_behind() {
        let board = Board::new(2, |_, _| Ok(Vec::new()));
        for subject in [
            Subject::Sku(health(1).sku),
            Subject::Reservation(uuid::Uuid::nil().into(), health(1).sku),
            Subject::All,
        ] {
            let (_feed, watcher) = board.watch(subject, board.room().unwrap());
            assert_eq!(board.watching(), 1);
            drop(watcher);
            assert_eq!(board.watching(), 0);
            assert!(board.known().is_empty() && board.everything().is_none());
        }
    }
}
