//! The reservation and its states.

use std::fmt;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::fairness::Verdict;
use crate::inventory::{Quantity, Sku};
use crate::waitlist::Sequence;

/// The id of a reservation, from waiting to sale: a UUID of version 7.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(example = &"019b8d2c-6f00-7000-8000-5d1c7a2f9e10")]
pub struct ReservationId(Uuid);

impl ReservationId {
    /// A new id. Ids of one process sort by the order they were made in.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::now_v7())
    }

    /// The id as the tables hold it.
    #[must_use]
    pub fn uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for ReservationId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for ReservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who reserves: 1 to 128 characters, no control characters, not only white space.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String")]
#[schemars(example = &"userA")]
pub struct UserId(
    #[schemars(
        length(min = 1, max = 128),
        regex(pattern = r"^(?=\s*\S)[^\u0000-\u001f\u007f-\u009f]*$")
    )]
    String,
);

impl TryFrom<String> for UserId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        Self::parse(&id)
    }
}

impl UserId {
    /// Takes `id` if it is one.
    ///
    /// # Errors
    /// What an id must look like, as a sentence for the caller.
    pub fn parse(id: &str) -> Result<Self, &'static str> {
        if id.trim().is_empty() {
            return Err("must not be empty or only white space");
        }
        if id.chars().any(char::is_control) {
            return Err("must not have control characters");
        }
        if id.chars().count() > 128 {
            return Err("must be at most 128 characters");
        }
        Ok(Self(id.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a reservation stands.
///
/// ```text
///             ┌──────────── promoted ───────────┐
/// reserve ─► WAITLISTED                          ▼
///    │            └─ cancel ─► CANCELLED ◄─ cancel ─ RESERVED ─ confirm ─► CONFIRMED
///    └────────────────────────────────────────────►    └─ expiry ─► EXPIRED
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ReservationStatus {
    /// It waits for stock.
    Waitlisted,
    /// It holds stock until `expires_at`.
    Reserved,
    /// It was bought.
    Confirmed,
    /// It was given up.
    Cancelled,
    /// Its hold ran out.
    Expired,
}

impl ReservationStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Waitlisted,
        Self::Reserved,
        Self::Confirmed,
        Self::Cancelled,
        Self::Expired,
    ];

    /// Whether the state diagram has an arrow from `self` to `next`.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Waitlisted => matches!(next, Self::Reserved | Self::Cancelled),
            Self::Reserved => matches!(next, Self::Confirmed | Self::Cancelled | Self::Expired),
            Self::Confirmed | Self::Cancelled | Self::Expired => false,
        }
    }

    /// Whether it waits or holds: a user has at most one such reservation for a SKU.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Waitlisted | Self::Reserved)
    }

    /// The name that the API and the tables use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waitlisted => "WAITLISTED",
            Self::Reserved => "RESERVED",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// The time that a hold was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its length in seconds.
    pub ttl_seconds: i32,
    /// The instant from which it is over.
    pub expires_at: DateTime<Utc>,
}

/// One reservation as the books have it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reservation {
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
    /// Its place in the order of the waitlist; `None` if it never waited.
    pub sequence: Option<Sequence>,
    /// Its hold; `None` before one began.
    pub hold: Option<Hold>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its status last changed.
    pub updated_at: DateTime<Utc>,
    /// What the fairness engine said when the hold began, or when it joined the waitlist.
    pub fairness: Verdict,
}

impl Reservation {
    /// Moves on to `next`, which the state diagram must allow.
    pub fn become_at(&mut self, next: ReservationStatus, now: DateTime<Utc>) {
        debug_assert!(
            self.status.may_become(next),
            "{:?} can't become {next:?}",
            self.status
        );
        self.status = next;
        self.updated_at = now;
    }

    /// Whether its hold is over at `now` though nothing has ended it yet.
    #[must_use]
    pub fn is_due_at(&self, now: DateTime<Utc>) -> bool {
        self.status == ReservationStatus::Reserved
            && self.hold.is_some_and(|hold| hold.expires_at <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::{ReservationStatus, UserId};

    #[test]
    fn the_state_diagram_has_five_arrows() {
        use ReservationStatus::{Cancelled, Confirmed, Expired, Reserved, Waitlisted};
        let mut arrows = Vec::new();
        for from in ReservationStatus::ALL {
            for to in ReservationStatus::ALL {
                if from.may_become(to) {
                    arrows.push((from, to));
                }
            }
        }
        assert_eq!(
            arrows,
            [
                (Waitlisted, Reserved),
                (Waitlisted, Cancelled),
                (Reserved, Confirmed),
                (Reserved, Cancelled),
                (Reserved, Expired),
            ]
        );
    }

    #[test]
    fn final_states_are_those_without_an_arrow() {
        for status in ReservationStatus::ALL {
            let has_arrow = ReservationStatus::ALL
                .into_iter()
                .any(|next| status.may_become(next));
            assert_eq!(status.is_live(), has_arrow);
            assert_eq!(ReservationStatus::from_name(status.name()), Some(status));
        }
    }

    #[test]
    fn a_user_id_is_visible_text_of_at_most_128_characters() {
        assert!(UserId::parse(&"ü".repeat(128)).is_ok());
        assert!(UserId::parse("<img src=x onerror=…>").is_ok());
        for wrong in ["", "  ", "a\u{0}b", "line\nbreak", &"x".repeat(129)] {
            assert!(UserId::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
