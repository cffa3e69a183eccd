//! Idempotency keys: a request that is sent again takes effect once.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{Quantity, ReservationId, UserId};
use crate::inventory::{Inventory, StockChange};
use crate::reservations::Reservation;
use crate::waitlist::WaitlistPosition;

/// The value of an `Idempotency-Key` header: 1 to 255 printable ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// # Errors
    /// The rule for keys, as a sentence for the client.
    pub fn parse(key: &[u8]) -> Result<Self, &'static str> {
        const RULE: &str = "must be 1 to 255 printable ASCII characters";
        let printable = key.iter().all(|c| (b' '..=b'~').contains(c));
        if !(1..=255).contains(&key.len()) || !printable {
            return Err(RULE);
        }
        String::from_utf8(key.to_vec()).map(Self).map_err(|_| RULE)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An idempotency key with the endpoint it was sent to. Each SKU has its own.
pub type KeyScope = (KeyedEndpoint, IdempotencyKey);

/// The endpoints that take a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyedEndpoint {
    /// `POST /inventory/reserve`
    Reserve,
    /// `POST /inventory/restock`
    Restock,
}

impl KeyedEndpoint {
    /// The name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reserve => "reserve",
            Self::Restock => "restock",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Reserve, Self::Restock]
            .into_iter()
            .find(|endpoint| endpoint.name() == name)
    }
}

/// The request that a key was first used for. Stored rows have these names: they never change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum KeyedRequest {
    Reserve {
        user_id: UserId,
        quantity: Quantity,
    },
    Restock {
        quantity: StockChange,
        reason: Option<String>,
    },
}

/// How a reservation came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Disposition {
    /// It got stock at once.
    Held,
    /// It joined the waitlist.
    Waitlisted,
    /// The user had it already.
    Existing,
}

/// The answer to a key's first request. Stored rows have these names: they never change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "lowercase")]
pub enum KeyedOutcome {
    Reserve {
        #[serde(rename = "standing")]
        disposition: Disposition,
        /// The reservation as it was then.
        reservation: Reservation,
        #[serde(rename = "place")]
        position: Option<WaitlistPosition>,
    },
    Restock {
        /// The SKU as it was then.
        inventory: Inventory,
        /// How many waiting reservations got stock.
        promoted: i64,
    },
}

/// A key that took effect.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyRecord {
    pub request: KeyedRequest,
    pub outcome: KeyedOutcome,
}

impl KeyRecord {
    /// The reservation in the answer; `None` for a restock.
    #[must_use]
    pub fn reservation_id(&self) -> Option<ReservationId> {
        match &self.outcome {
            KeyedOutcome::Reserve { reservation, .. } => Some(reservation.reservation_id),
            KeyedOutcome::Restock { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::IdempotencyKey;

    #[test]
    fn a_key_is_short_printable_ascii() {
        assert!(IdempotencyKey::parse(b"order 42/a").is_ok());
        assert!(IdempotencyKey::parse(&[b'k'; 255]).is_ok());
        for wrong in [&b""[..], b"a\tb", "clé".as_bytes(), &[b'k'; 256]] {
            assert!(IdempotencyKey::parse(wrong).is_err());
        }
    }

    #[test]
    fn a_stored_score_keeps_its_last_digit() {
        for confirmed in 0..200_u32 {
            let confirmed = f64::from(confirmed) / 7.0;
            let score = (confirmed + 3.0) / (confirmed + 1.5_f64.sqrt() + 3.0);
            let json = serde_json::to_string(&score).unwrap();
            let read: f64 = serde_json::from_str(&json).unwrap();
            assert_eq!(read.to_bits(), score.to_bits(), "{json}");
        }
    }
}
