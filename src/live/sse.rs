//! The bytes of a stream: its events and, between them, comments that keep the connection alive.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::unfold;
use rand::Rng;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::hub::Subscription;

/// How often a comment is sent, so that neither a client nor a proxy takes the connection for idle.
const COMMENT_INTERVAL: Duration = Duration::from_secs(15);

const COMMENT: Bytes = Bytes::from_static(b": still here\n\n");

struct Open {
    subscription: Subscription,
    comments: Interval,
    greeted: bool,
}

impl Subscription {
    /// The bytes of the stream, until the hub is closed. Unsubscribes when dropped.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
        let mut comments = interval_at(Instant::now() + COMMENT_INTERVAL, COMMENT_INTERVAL);
        comments.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let open = Open {
            subscription: self,
            comments,
            greeted: false,
        };
        unfold(open, async |mut open| Some((Ok(open.next().await?), open)))
    }
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
            event = self.subscription.events.next() => event,
        }
    }
}

/// Tells the client when to reconnect: at random, since a process that stops ends all streams at once.
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

    use super::COMMENT;
    use crate::analytics::Health;
    use crate::inventory::{HealthStatus, Sku};
    use crate::live::{Hub, Topic};

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
    async fn a_comment_is_sent_every_15_seconds_between_frequent_events() {
        let hub = Hub::new(1, |_, _| Ok(Vec::new()));
        let topic = Topic::Sku(health(1).sku);
        let subscription = hub.subscribe(topic, hub.slot().unwrap());
        let mut stream = pin!(subscription.into_stream());
        let began = Instant::now();
        let changes = async {
            for version in 1..=50 {
                hub.publish([health(version)]);
                sleep(Duration::from_secs(1)).await;
            }
            hub.close();
        };
        let reading = async {
            let mut comments = Vec::new();
            while let Some(Ok(frame)) = stream.next().await {
                if frame == COMMENT {
                    comments.push(began.elapsed().as_secs());
                }
            }
            comments
        };
        let ((), comments) = tokio::join!(changes, reading);
        assert_eq!(comments, [15, 30, 45]);
    }

    #[tokio::test]
    async fn a_slow_reader_gets_the_latest_state_and_never_an_earlier_one() {
        let hub = Hub::new(1, |_, _| Ok(Vec::new()));
        let topic = Topic::Sku(health(1).sku);
        let subscription = hub.subscribe(topic, hub.slot().unwrap());
        let mut stream = pin!(subscription.into_stream());
        stream.next().await.unwrap().unwrap();
        for version in [3, 7, 5, 7] {
            hub.publish([health(version)]);
        }
        hub.close();
        let frame = stream.next().await.unwrap().unwrap();
        assert!(frame.starts_with(b"event: inventory\nid: 7\ndata: {\"sku\":\"A\""));
        assert_eq!(stream.next().await, None);
    }

    #[test]
    fn the_last_subscriber_of_a_topic_leaves_nothing_behind() {
        let hub = Hub::new(2, |_, _| Ok(Vec::new()));
        for topic in [
            Topic::Sku(health(1).sku),
            Topic::Reservation(uuid::Uuid::nil().into(), health(1).sku),
            Topic::All,
        ] {
            let subscription = hub.subscribe(topic, hub.slot().unwrap());
            assert_eq!(hub.subscribers(), 1);
            drop(subscription);
            assert_eq!(hub.subscribers(), 0);
            assert!(hub.known_versions().is_empty() && hub.log().is_none());
        }
    }
}
