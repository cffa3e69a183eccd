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
pub(super) enum Feed {
    /// One SKU or reservation.
    One(watch::Receiver<Shown>),
    /// All SKUs, behind the event of that number.
    All(Arc<Everything>, u64, watch::Receiver<u64>),
}

impl Feed {
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
pub(super) fn bytes(
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
