//! A state as an event, and the order of the events of a topic.

use bytes::Bytes;

use crate::analytics::Health;
use crate::reservations::{Reservation, ReservationStatus};
use crate::waitlist::WaitlistPosition;

/// Writes a reservation and its place in the waitlist as JSON on one line.
pub type ReservationJson =
    fn(&Reservation, Option<WaitlistPosition>) -> serde_json::Result<Vec<u8>>;

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
        let head = format!("event: inventory\nid: {}\ndata: ", health.version);
        Self {
            rank: health.version,
            frame: frame(&head, serde_json::to_vec(health)),
        }
    }

    pub(super) fn reservation(
        reservation: &Reservation,
        place: Option<WaitlistPosition>,
        json: ReservationJson,
    ) -> Self {
        Self {
            rank: rank_of(reservation.status, place),
            frame: frame("event: reservation\ndata: ", json(reservation, place)),
        }
    }
}

fn frame(head: &str, json: serde_json::Result<Vec<u8>>) -> Bytes {
    let json = json.unwrap_or_else(|error| unreachable!("plain fields have a JSON form: {error}"));
    [head.as_bytes(), &json, b"\n\n"].concat().into()
}

/// A reservation has no version, but moves one way only: forward in the waitlist, then along the
/// transitions of its status. One that reads as expired may have been confirmed or cancelled in time
/// by a transaction that is about to commit.
fn rank_of(status: ReservationStatus, place: Option<WaitlistPosition>) -> i64 {
    match status {
        ReservationStatus::Waitlisted => -place.map_or(i64::MAX, |place| place.position),
        ReservationStatus::Reserved => 1,
        ReservationStatus::Expired => 2,
        ReservationStatus::Confirmed | ReservationStatus::Cancelled => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, rank_of};
    use crate::reservations::ReservationStatus;
    use crate::waitlist::{Sequence, WaitlistPosition};

    fn rank(status: ReservationStatus, position: Option<i64>) -> i64 {
        let place = position.map(|position| WaitlistPosition {
            sequence: Sequence(7),
            position,
            servable: true,
        });
        rank_of(status, place)
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
