//! A reservation as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Reservation, ReservationId, ReservationStatus, UserId};
use crate::fairness::Verdict;
use crate::inventory::{Quantity, Sku};
use crate::waitlist::Place;

/// The reservation object.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReservationView {
    /// Its id.
    pub reservation_id: ReservationId,
    /// What is reserved.
    pub sku: Sku,
    /// For whom.
    pub user_id: UserId,
    /// How many units.
    pub quantity: Quantity,
    /// Where it stands.
    pub status: ReservationStatus,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its status last changed.
    pub updated_at: DateTime<Utc>,
    /// The instant from which its hold is over; null before a hold began.
    pub expires_at: Option<DateTime<Utc>>,
    /// How long the hold was given; null before a hold began.
    pub ttl_seconds: Option<i32>,
    /// Its place in the line while it waits, else null.
    pub waitlist: Option<Place>,
    /// What the fairness engine said.
    pub fairness: Verdict,
}

impl ReservationView {
    /// Shows `reservation`, which stands at `place` if it waits.
    #[must_use]
    pub fn new(reservation: Reservation, place: Option<Place>) -> Self {
        Self {
            reservation_id: reservation.reservation_id,
            sku: reservation.sku,
            user_id: reservation.user_id,
            quantity: reservation.quantity,
            status: reservation.status,
            created_at: reservation.created_at,
            updated_at: reservation.updated_at,
            expires_at: reservation.hold.map(|hold| hold.expires_at),
            ttl_seconds: reservation.hold.map(|hold| hold.ttl_seconds),
            waitlist: place,
            fairness: reservation.fairness,
        }
    }
}
