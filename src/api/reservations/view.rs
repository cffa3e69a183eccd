//! A reservation as the API shows it.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::fairness::Verdict;
use crate::inventory::{Quantity, Sku};
use crate::reservations::{Reservation, ReservationId, ReservationStatus, UserId};
use crate::waitlist::WaitlistPosition;

/// A reservation. It keeps its id from the waitlist to the sale.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Reservation", example = example())]
pub struct ReservationView {
    /// The id.
    pub reservation_id: ReservationId,
    /// The SKU.
    pub sku: Sku,
    /// The user.
    pub user_id: UserId,
    /// The number of units.
    pub quantity: Quantity,
    /// The status.
    pub status: ReservationStatus,
    /// When the reservation was made.
    pub created_at: DateTime<Utc>,
    /// When the status last changed.
    pub updated_at: DateTime<Utc>,
    /// The end of the hold; null if no hold has begun.
    pub expires_at: Option<DateTime<Utc>>,
    /// The length of the hold, in seconds; null if no hold has begun.
    #[schemars(range(min = 1))]
    pub ttl_seconds: Option<i32>,
    /// The place in the waitlist while WAITLISTED, else null.
    pub waitlist: Option<WaitlistPosition>,
    /// The fairness verdict when the hold began, or when the reservation joined the waitlist.
    pub fairness: Verdict,
}

fn example() -> Value {
    json!({
        "reservation_id": "019b8d2c-6f00-7000-8000-5d1c7a2f9e10",
        "sku": "SKU123",
        "user_id": "userA",
        "quantity": 1,
        "status": "RESERVED",
        "created_at": "2026-01-05T09:00:00.123456Z",
        "updated_at": "2026-01-05T09:00:00.123456Z",
        "expires_at": "2026-01-05T09:05:00.123456Z",
        "ttl_seconds": 300,
        "waitlist": null,
        "fairness": {"score": 1.0, "tier": "full", "reason": "no abandoned holds"},
    })
}

impl ReservationView {
    /// The JSON of a reservation, on one line.
    ///
    /// # Errors
    /// Never: every field can be serialized.
    pub fn json(
        reservation: &Reservation,
        place: Option<WaitlistPosition>,
    ) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&Self::new(reservation.clone(), place))
    }

    /// A reservation, with its place in the waitlist if it waits.
    #[must_use]
    pub fn new(reservation: Reservation, place: Option<WaitlistPosition>) -> Self {
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
