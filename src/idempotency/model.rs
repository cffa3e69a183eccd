//! A client's word that two requests are the same one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::inventory::{Inventory, Quantity, StockChange};
use crate::reservations::{Reservation, ReservationId, UserId};
use crate::waitlist::Place;

/// The value of an `Idempotency-Key` header: 1 to 255 printable ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Takes `key` if it is one.
    ///
    /// # Errors
    /// What a key must look like, as a sentence for the caller.
    pub fn parse(key: &[u8]) -> Result<Self, &'static str> {
        const RULE: &str = "must be 1 to 255 printable ASCII characters";
        let printable = key.iter().all(|c| (b' '..=b'~').contains(c));
        if !(1..=255).contains(&key.len()) || !printable {
            return Err(RULE);
        }
        String::from_utf8(key.to_vec()).map(Self).map_err(|_| RULE)
    }

    /// The key as text.
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

/// The endpoints that take a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// `POST /inventory/reserve`
    Reserve,
    /// `POST /inventory/restock`
    Restock,
}

impl Endpoint {
    /// The name that the tables use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reserve => "reserve",
            Self::Restock => "restock",
        }
    }

    /// The endpoint of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Reserve, Self::Restock]
            .into_iter()
            .find(|endpoint| endpoint.name() == name)
    }
}

/// What a key was first used for, within its endpoint and SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum KeyedRequest {
    /// A reservation was asked for.
    Reserve {
        /// For whom.
        user_id: UserId,
        /// How many units.
        quantity: Quantity,
    },
    /// Stock was to be changed.
    Restock {
        /// By how much.
        quantity: StockChange,
        /// Why.
        reason: Option<String>,
    },
}

/// How a reservation came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It got stock at once.
    Held,
    /// It joined the waitlist.
    Waitlisted,
    /// The user had it already.
    Existing,
}

/// What a key's first request was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "lowercase")]
pub enum KeyedOutcome {
    /// A reservation, as it was then.
    Reserve {
        /// How it came about.
        standing: Standing,
        /// The reservation.
        reservation: Reservation,
        /// Its place in the line, if it waited.
        place: Option<Place>,
    },
    /// Stock was changed.
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
    /// What was asked.
    pub request: KeyedRequest,
    /// What was answered.
    pub outcome: KeyedOutcome,
}

impl KeyRecord {
    /// The reservation that the answer told of; `None` for a restock.
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
}
