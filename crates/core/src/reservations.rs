//! The reservation and its states.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fairness::Verdict;
use crate::ids::{Quantity, ReservationId, Sequence, Sku, UserId};

/// The state of a reservation.
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
    /// It is sold.
    Confirmed,
    /// It was cancelled while it waited or held stock.
    Cancelled,
    /// Its hold ran out.
    Expired,
}

impl ReservationStatus {
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

    /// Whether it waits or holds stock: a user has at most one such reservation of a SKU.
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

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// The time limit of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub ttl_seconds: i32,
    /// The first instant at which it is over.
    pub expires_at: DateTime<Utc>,
}

/// One row of the table `reservations` or `reservations_history`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reservation {
    pub reservation_id: ReservationId,
    pub sku: Sku,
    pub user_id: UserId,
    pub quantity: Quantity,
    pub status: ReservationStatus,
    /// Its order in the waitlist; `None` if it never waited.
    pub sequence: Option<Sequence>,
    /// `None` before a hold began.
    pub hold: Option<Hold>,
    pub created_at: DateTime<Utc>,
    /// When its status last changed.
    pub updated_at: DateTime<Utc>,
    /// The verdict when the hold began or, before that, when it joined the waitlist.
    pub fairness: Verdict,
}

impl Reservation {
    /// Moves on to `next`.
    ///
    /// # Panics
    /// When the state diagram does not allow it.
    pub fn become_at(&mut self, next: ReservationStatus, now: DateTime<Utc>) {
        assert!(
            self.status.may_become(next),
            "reservation {} is {} and can't become {}",
            self.reservation_id,
            self.status.name(),
            next.name(),
        );
        self.status = next;
        self.updated_at = now;
    }

    /// Whether its hold is over at `now` but has not been ended yet.
    #[must_use]
    pub fn is_due_at(&self, now: DateTime<Utc>) -> bool {
        self.status == ReservationStatus::Reserved
            && self.hold.is_some_and(|hold| hold.expires_at <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::ReservationStatus;

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
}
