//! A reservation as the API shows it.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Reservation, ReservationId, ReservationStatus, UserId};
use crate::fairness::Verdict;
use crate::inventory::{Quantity, Sku};
use crate::waitlist::WaitlistPosition;

/// The reservation object. One id serves from waiting to sale.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Reservation", example = example())]
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
    /// How long the hold was given, in seconds; null before a hold began.
    #[schemars(range(min = 1))]
    pub ttl_seconds: Option<i32>,
    /// Its place in the line while it is WAITLISTED, else null.
    pub waitlist: Option<WaitlistPosition>,
    /// What the fairness engine said when the hold began, or when it joined the waitlist.
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
    /// The JSON of a reservation, for live updates.
    ///
    /// # Errors
    /// Never: every field can be serialized.
    pub fn json(
        reservation: &Reservation,
        place: Option<WaitlistPosition>,
    ) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&Self::new(reservation.clone(), place))
    }

    /// Shows `reservation`, which stands at `place` if it waits.
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
