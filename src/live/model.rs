//! A state as it is shown, and which of two states is the later one.

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use crate::analytics::Health;
use crate::reservations::{Reservation, ReservationStatus};
use crate::waitlist::Place;

/// How long news gather for each stream that is open: several times what it costs to show them to
/// one, so that most of the time is left to others.
const PAUSE_FOR_EACH: Duration = Duration::from_micros(100);

/// How long news gather at least, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(200));

/// An event, made once for all who are shown it, and its place among those of its subject: of two,
/// the one with the higher `turn` is the later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(super) turn: i64,
    pub(super) event: Bytes,
}

impl Shown {
    /// Nothing yet.
    pub(super) const NOTHING: Self = Self {
        turn: i64::MIN,
        event: Bytes::new(),
    };

    /// How a SKU stands. Its version, which rises with each change, is the event's id.
    pub(super) fn inventory(health: &Health) -> Self {
        let mut event = format!("event: inventory\nid: {}\ndata: ", health.version).into_bytes();
        append(&mut event, health);
        Self {
            turn: health.version,
            event: event.into(),
        }
    }

    /// A reservation, whose JSON is `json`.
    pub(super) fn reservation(
        reservation: &Reservation,
        place: Option<Place>,
        json: &[u8],
    ) -> Self {
        let mut event = b"event: reservation\ndata: ".to_vec();
        event.extend(json);
        event.extend(b"\n\n");
        Self {
            turn: turn_of(reservation.status, place),
            event: event.into(),
        }
    }
}

/// Writes a reservation and its place in the waitlist as JSON, on one line.
pub type ReservationJson = fn(&Reservation, Option<Place>) -> serde_json::Result<Vec<u8>>;

/// Our views are structs of plain fields, which can't fail to be written, on one line.
fn append(event: &mut Vec<u8>, view: &impl Serialize) {
    event.extend(serde_json::to_vec(view).unwrap_or_default());
    event.extend(b"\n\n");
}

/// A reservation has no version, though it moves one way only: forward in its line, then along the
/// arrows of its status. A hold that reads as expired may have been confirmed or cancelled in time by
/// a transaction that is about to commit.
fn turn_of(status: ReservationStatus, place: Option<Place>) -> i64 {
    match status {
        ReservationStatus::Waitlisted => -place.map_or(i64::MAX, |place| place.position),
        ReservationStatus::Reserved => 1,
        ReservationStatus::Expired => 2,
        ReservationStatus::Confirmed | ReservationStatus::Cancelled => 3,
    }
}

/// How long news gather before they are shown to so many streams, so that a SKU that changes
/// hundreds of times a second leaves time for selling it.
pub(super) fn pause_for(streams: usize) -> Duration {
    let streams = u32::try_from(streams).unwrap_or(u32::MAX);
    let (least, most) = PAUSES;
    PAUSE_FOR_EACH.saturating_mul(streams).clamp(least, most)
}

#[cfg(test)]
mod tests {
    use super::{Shown, pause_for, turn_of};
    use crate::reservations::ReservationStatus;
    use crate::waitlist::{Place, Sequence};

    fn turn(status: ReservationStatus, position: Option<i64>) -> i64 {
        let place = position.map(|position| Place {
            sequence: Sequence(7),
            position,
        });
        turn_of(status, place)
    }

    #[test]
    fn a_reservation_moves_forward_in_its_line_and_then_along_its_arrows() {
        use ReservationStatus::{Cancelled, Confirmed, Expired, Reserved, Waitlisted};
        let course = [
            Shown::NOTHING.turn,
            turn(Waitlisted, Some(100_000)),
            turn(Waitlisted, Some(2)),
            turn(Waitlisted, Some(1)),
            turn(Reserved, None),
            turn(Confirmed, None),
        ];
        assert!(course.is_sorted_by(|before, after| before < after));
        assert_eq!(turn(Cancelled, None), turn(Confirmed, None));
        assert!((turn(Reserved, None)..turn(Confirmed, None)).contains(&turn(Expired, None)));
    }

    #[test]
    fn news_gather_for_longer_the_more_streams_there_are() {
        assert_eq!(pause_for(1).as_millis(), 10);
        assert_eq!(pause_for(1_000).as_millis(), 100);
        assert_eq!(pause_for(usize::MAX).as_millis(), 200);
    }
}
