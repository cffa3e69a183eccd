//! A state as an event, and the order of the events of a topic.

use bytes::Bytes;
use serde::Serialize;

use crate::analytics::Health;
use crate::reservations::{ReservationStatus, ReservationView};

/// A server-sent event, serialized once for all its readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// Of two events of a topic, the one with the higher rank is the later.
    pub(super) rank: i64,
    pub(super) frame: Bytes,
}

impl Event {
    /// Before the first event.
    pub(super) const NONE: Self = Self {
        rank: i64::MIN,
        frame: Bytes::new(),
    };

    /// Its id is the version of the SKU, which rises with each change.
    pub(super) fn inventory(health: &Health) -> Self {
        let mut frame = format!("event: inventory\nid: {}\ndata: ", health.version).into_bytes();
        append(&mut frame, health);
        Self {
            rank: health.version,
            frame: frame.into(),
        }
    }

    pub(super) fn reservation(view: &ReservationView) -> Self {
        let mut frame = b"event: reservation\ndata: ".to_vec();
        append(&mut frame, view);
        Self {
            rank: rank_of(view),
            frame: frame.into(),
        }
    }
}

/// Appends JSON, which has no line break, and the end of the event.
fn append(frame: &mut Vec<u8>, view: &impl Serialize) {
    let written = serde_json::to_writer(&mut *frame, view);
    written
        .unwrap_or_else(|error| unreachable!("a struct of plain fields has a JSON form: {error}"));
    frame.extend(b"\n\n");
}

/// A reservation has no version, but moves one way only: forward in the waitlist, then along the
/// transitions of its status. One that reads as expired may have been confirmed or cancelled in time
/// by a transaction that is about to commit.
fn rank_of(view: &ReservationView) -> i64 {
    match view.status {
        ReservationStatus::Waitlisted => -view.waitlist.map_or(i64::MAX, |place| place.position),
        ReservationStatus::Reserved => 1,
        ReservationStatus::Expired => 2,
        ReservationStatus::Confirmed | ReservationStatus::Cancelled => 3,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::Event;
    use crate::fairness::{Policy, Weights};
    use crate::inventory::{Quantity, Sku};
    use crate::reservations::{ReservationStatus, ReservationView, UserId};
    use crate::waitlist::{Place, Sequence};

    fn rank(status: ReservationStatus, position: Option<i64>) -> i64 {
        let place = |position| Place {
            sequence: Sequence(7),
            position,
        };
        let view = ReservationView {
            reservation_id: Uuid::nil().into(),
            sku: Sku::parse("A").unwrap(),
            user_id: UserId::parse("userA").unwrap(),
            quantity: Quantity::new(1).unwrap(),
            status,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            expires_at: None,
            ttl_seconds: None,
            waitlist: position.map(place),
            fairness: Policy::default().judge(Weights::default()),
        };
        Event::reservation(&view).rank
    }

    #[test]
    fn a_reservation_ranks_by_its_waitlist_position_and_then_by_its_status() {
        use ReservationStatus::{Cancelled, Confirmed, Expired, Reserved, Waitlisted};
        let course = [
            Event::NONE.rank,
            rank(Waitlisted, Some(100_000)),
            rank(Waitlisted, Some(2)),
            rank(Waitlisted, Some(1)),
            rank(Reserved, None),
            rank(Confirmed, None),
        ];
        assert!(course.is_sorted_by(|before, after| before < after));
        assert_eq!(rank(Cancelled, None), rank(Confirmed, None));
        assert!((rank(Reserved, None)..rank(Confirmed, None)).contains(&rank(Expired, None)));
    }
}
