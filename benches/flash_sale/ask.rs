//! A request to reserve, as the rivals read it.

use chrono::{DateTime, Duration, Utc};
use fairhold::fairness::Verdict;
use fairhold::http::{Fields, FromFields, text, whole_number};
use fairhold::inventory::{Quantity, Sku};
use fairhold::reservations::{Hold, Reservation, ReservationId, ReservationStatus, UserId};

/// What a request asks for.
pub(crate) struct Ask {
    pub(crate) sku: Sku,
    pub(crate) user_id: UserId,
    pub(crate) quantity: Quantity,
}

impl FromFields for Ask {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let sku = fields.required("sku", text(Sku::parse));
        let user_id = fields.required("user_id", text(UserId::parse));
        let quantity = fields.defaulted("quantity", whole_number(1..=1_000_000), 1);
        Some(Self {
            sku: sku?,
            user_id: user_id?,
            quantity: Quantity::new(quantity?)?,
        })
    }
}

impl Ask {
    /// The reservation that answers it.
    pub(crate) fn held_at(self, now: DateTime<Utc>, fairness: Verdict) -> Reservation {
        Reservation {
            reservation_id: ReservationId::random(),
            sku: self.sku,
            user_id: self.user_id,
            quantity: self.quantity,
            status: ReservationStatus::Reserved,
            sequence: None,
            hold: Some(Hold {
                ttl_seconds: 86_400,
                expires_at: now + Duration::seconds(86_400),
            }),
            created_at: now,
            updated_at: now,
            fairness,
        }
    }
}
