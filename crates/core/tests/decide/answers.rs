//! Answers as the model gives them.

use chrono::{DateTime, Utc};
use fairhold_core::allocation::Reserve;
use fairhold_core::idempotency::Disposition;
use fairhold_core::ids::{ReservationId, UserId};
use fairhold_core::reservations::ReservationStatus;

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

/// The position in a waitlist, and whether it is servable.
pub(crate) type Place = (usize, bool);

/// The counters of a SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stock {
    pub(crate) total: i64,
    pub(crate) available: i64,
    pub(crate) reserved: i64,
    pub(crate) sold: i64,
    pub(crate) waiting: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Reserved {
        disposition: Disposition,
        slip: Slip,
        position: Option<Place>,
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
    LiveReservationExists(Slip, Option<Place>),
    SoldOut,
    ExceedsTotal(i64),
    KeyReused,
    InsufficientStock { available: i64 },
    NotConfirmable(ReservationStatus),
    AlreadyConfirmed,
    Expired(Option<DateTime<Utc>>),
}

impl Answer {
    pub(crate) fn reserved(disposition: Disposition, slip: Slip, position: Option<Place>) -> Self {
        Self::Reserved {
            disposition,
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

    /// Whether holds that are due must end before this may be said, unless a servable reservation
    /// waits ahead.
    pub(crate) fn is_for_want_of_stock(&self) -> bool {
        match self {
            Self::Reserved {
                disposition,
                replayed,
                ..
            } => *disposition == Disposition::Waitlisted && !replayed,
            Self::Refused(Refusal::SoldOut | Refusal::InsufficientStock { .. }) => true,
            Self::Found(_)
            | Self::Restocked { .. }
            | Self::Swept
            | Self::Refused(_)
            | Self::Deferred => false,
        }
    }
}
