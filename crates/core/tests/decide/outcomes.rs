//! What `decide` answers, in the words of the model.

use fairhold_core::allocation::{
    CancelError, ConfirmError, Outcome, ReserveError, Reserved, RestockError, Restocked,
};
use fairhold_core::ids::Sequence;
use fairhold_core::inventory::Inventory;
use fairhold_core::reservations::Reservation;
use fairhold_core::waitlist::WaitlistPosition;

use crate::answers::{Answer, Refusal, Slip, Stock};
use crate::fairness::Verdict;

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
        if let Some(WaitlistPosition { sequence, .. }) = reserved.position {
            assert_eq!(Some(sequence.0), slip.sequence, "two sequences in {slip:?}");
        }
        Self::Reserved {
            disposition: reserved.disposition,
            position: position(reserved.position),
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
            ReserveError::LiveReservationExists {
                reservation,
                position: at,
            } => Self::LiveReservationExists(reservation.as_ref().into(), position(*at)),
            ReserveError::SoldOut { .. } => Self::SoldOut,
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

fn position(at: Option<WaitlistPosition>) -> Option<usize> {
    at.and_then(|at| usize::try_from(at.position).ok())
}
