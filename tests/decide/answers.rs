//! Answers as the model gives them, and those of `decide` in the same words.

use chrono::{DateTime, Utc};
use fairhold::allocation::{
    CancelError, ConfirmError, Outcome, Reserve, ReserveError, Reserved, RestockError, Restocked,
};
use fairhold::idempotency::Standing;
use fairhold::inventory::Inventory;
use fairhold::reservations::{Reservation, ReservationId, ReservationStatus, UserId};
use fairhold::waitlist::{Place, Sequence};

use crate::fairness::Verdict;

/// A reservation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slip {
    pub(crate) id: ReservationId,
    pub(crate) user: UserId,
    pub(crate) quantity: i64,
    pub(crate) status: ReservationStatus,
    pub(crate) sequence: Option<i64>,
    pub(crate) ttl_seconds: Option<i64>,
    pub(crate) ends_at: Option<DateTime<Utc>>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) verdict: Verdict,
}

impl Slip {
    pub(crate) fn new(ask: &Reserve, verdict: Verdict, now: DateTime<Utc>) -> Self {
        Self {
            id: ask.reservation_id,
            user: ask.user_id.clone(),
            quantity: ask.quantity.units(),
            status: ReservationStatus::Waitlisted,
            sequence: None,
            ttl_seconds: None,
            ends_at: None,
            created_at: now,
            updated_at: now,
            verdict,
        }
    }

    pub(crate) fn become_at(&mut self, status: ReservationStatus, now: DateTime<Utc>) {
        self.status = status;
        self.updated_at = now;
    }
}

impl From<&Reservation> for Slip {
    fn from(reservation: &Reservation) -> Self {
        Self {
            id: reservation.reservation_id,
            user: reservation.user_id.clone(),
            quantity: reservation.quantity.units(),
            status: reservation.status,
            sequence: reservation.sequence.map(|Sequence(n)| n),
            ttl_seconds: reservation.hold.map(|hold| hold.ttl_seconds.into()),
            ends_at: reservation.hold.map(|hold| hold.expires_at),
            created_at: reservation.created_at,
            updated_at: reservation.updated_at,
            verdict: Verdict::from(&reservation.fairness),
        }
    }
}

/// The counters of a SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stock {
    pub(crate) total: i64,
    pub(crate) available: i64,
    pub(crate) reserved: i64,
    pub(crate) sold: i64,
    pub(crate) waiting: usize,
}

impl From<&Inventory> for Stock {
    fn from(inventory: &Inventory) -> Self {
        Self {
            total: inventory.total_quantity,
            available: inventory.available_quantity,
            reserved: inventory.reserved_quantity,
            sold: inventory.sold_quantity,
            waiting: usize::try_from(inventory.waitlist_size).unwrap_or(usize::MAX),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Reserved {
        standing: Standing,
        slip: Slip,
        position: Option<usize>,
        replayed: bool,
    },
    Found(Slip),
    Restocked {
        stock: Stock,
        promoted: i64,
        replayed: bool,
    },
    Swept,
    Refused(Refusal),
    Deferred,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Refusal {
    UnknownSku,
    UnknownReservation,
    LiveReservationExists(Slip, Option<usize>),
    SoldOut,
    ExceedsTotal(i64),
    KeyReused,
    InsufficientStock { available: i64 },
    NotConfirmable(ReservationStatus),
    AlreadyConfirmed,
    Expired(Option<DateTime<Utc>>),
}

impl Answer {
    pub(crate) fn reserved(standing: Standing, slip: Slip, position: Option<usize>) -> Self {
        Self::Reserved {
            standing,
            slip,
            position,
            replayed: false,
        }
    }

    /// The same, said to a repetition.
    pub(crate) fn again(mut self) -> Self {
        if let Self::Reserved { replayed, .. } | Self::Restocked { replayed, .. } = &mut self {
            *replayed = true;
        }
        self
    }

    /// Whether holds that are due must end before this may be said. Who waits behind others waits
    /// rightly, since these are served first.
    pub(crate) fn is_for_want_of_stock(&self) -> bool {
        match self {
            Self::Reserved {
                standing,
                position,
                replayed,
                ..
            } => *standing == Standing::Waitlisted && *position == Some(1) && !replayed,
            Self::Refused(Refusal::SoldOut | Refusal::InsufficientStock { .. }) => true,
            Self::Found(_)
            | Self::Restocked { .. }
            | Self::Swept
            | Self::Refused(_)
            | Self::Deferred => false,
        }
    }
}

impl From<&Outcome> for Answer {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Reserve(Ok(reserved)) => reserved.into(),
            Outcome::Reserve(Err(error)) => Self::Refused(error.into()),
            Outcome::Confirm(Ok(found)) | Outcome::Cancel(Ok(found)) => Self::Found(found.into()),
            Outcome::Confirm(Err(error)) => Self::Refused((*error).into()),
            Outcome::Cancel(Err(error)) => Self::Refused((*error).into()),
            Outcome::Restock(Ok(restocked)) => restocked.into(),
            Outcome::Restock(Err(error)) => Self::Refused((*error).into()),
            Outcome::Expire(_) => Self::Swept,
            Outcome::Deferred => Self::Deferred,
        }
    }
}

impl From<&Reserved> for Answer {
    fn from(reserved: &Reserved) -> Self {
        let slip = Slip::from(&reserved.reservation);
        if let Some(Place { sequence, .. }) = reserved.place {
            assert_eq!(Some(sequence.0), slip.sequence, "two sequences in {slip:?}");
        }
        Self::Reserved {
            standing: reserved.standing,
            position: position(reserved.place),
            slip,
            replayed: reserved.replayed,
        }
    }
}

impl From<&Restocked> for Answer {
    fn from(restocked: &Restocked) -> Self {
        Self::Restocked {
            stock: Stock::from(&restocked.inventory),
            promoted: restocked.promoted,
            replayed: restocked.replayed,
        }
    }
}

impl From<&ReserveError> for Refusal {
    fn from(error: &ReserveError) -> Self {
        match error {
            ReserveError::UnknownSku => Self::UnknownSku,
            ReserveError::LiveReservationExists { reservation, place } => {
                Self::LiveReservationExists(reservation.as_ref().into(), position(*place))
            }
            ReserveError::SoldOut => Self::SoldOut,
            ReserveError::ExceedsTotal { total } => Self::ExceedsTotal(*total),
            ReserveError::KeyReused => Self::KeyReused,
        }
    }
}

impl From<ConfirmError> for Refusal {
    fn from(error: ConfirmError) -> Self {
        match error {
            ConfirmError::UnknownReservation => Self::UnknownReservation,
            ConfirmError::NotConfirmable(status) => Self::NotConfirmable(status),
            ConfirmError::Expired(at) => Self::Expired(Some(at)),
        }
    }
}

impl From<CancelError> for Refusal {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::UnknownReservation => Self::UnknownReservation,
            CancelError::AlreadyConfirmed => Self::AlreadyConfirmed,
            CancelError::Expired(at) => Self::Expired(Some(at)),
        }
    }
}

impl From<RestockError> for Refusal {
    fn from(error: RestockError) -> Self {
        match error {
            RestockError::UnknownSku => Self::UnknownSku,
            RestockError::InsufficientStock { available } => Self::InsufficientStock { available },
            RestockError::KeyReused => Self::KeyReused,
        }
    }
}

fn position(place: Option<Place>) -> Option<usize> {
    place.and_then(|place| usize::try_from(place.position).ok())
}
