//! The rows of the statement that a batch reads with: reservations and behavior in one list.

use chrono::{DateTime, Utc};
use fairhold_core::fairness::Behavior;
use fairhold_core::ids::{Sku, UserId};
use fairhold_core::reservations::Reservation;
use uuid::Uuid;

use crate::database::wrong_row;
use crate::fairness::store::BehaviorRow;
use crate::reservations::row::ReservationRow;

/// A reservation, or behavior if the row has no reservation id.
pub(super) struct BatchRow {
    pub(super) sku: String,
    pub(super) user_id: String,
    pub(super) reservation_id: Option<Uuid>,
    pub(super) quantity: Option<i32>,
    pub(super) status: Option<String>,
    pub(super) sequence: Option<i64>,
    pub(super) ttl_seconds: Option<i32>,
    pub(super) created_at: Option<DateTime<Utc>>,
    pub(super) updated_at: Option<DateTime<Utc>>,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) fairness_score: Option<f64>,
    pub(super) fairness_tier: Option<String>,
    pub(super) fairness_reason: Option<String>,
    pub(super) confirmed_count: Option<i64>,
    pub(super) cancelled_count: Option<i64>,
    pub(super) expired_count: Option<i64>,
    pub(super) confirmed_weight: Option<f64>,
    pub(super) abandoned_weight: Option<f64>,
    pub(super) weighted_at: Option<DateTime<Utc>>,
}

impl BatchRow {
    pub(super) fn reservation(self, reservation_id: Uuid) -> sqlx::Result<Reservation> {
        let row = ReservationRow {
            sku: self.sku,
            reservation_id,
            user_id: self.user_id,
            quantity: self.quantity.ok_or(wrong_row("quantity"))?,
            status: self.status.ok_or(wrong_row("status"))?,
            sequence: self.sequence,
            ttl_seconds: self.ttl_seconds,
            created_at: self.created_at.ok_or(wrong_row("created_at"))?,
            updated_at: self.updated_at.ok_or(wrong_row("updated_at"))?,
            expires_at: self.expires_at,
            fairness_score: self.fairness_score.ok_or(wrong_row("fairness_score"))?,
            fairness_tier: self.fairness_tier.ok_or(wrong_row("fairness_tier"))?,
            fairness_reason: self.fairness_reason.ok_or(wrong_row("fairness_reason"))?,
            position: None,
            servable: None,
            number: None,
        };
        row.try_into()
    }

    pub(super) fn behavior(self) -> sqlx::Result<(Sku, UserId, Behavior)> {
        let row = BehaviorRow {
            sku: self.sku,
            user_id: self.user_id,
            confirmed_count: self.confirmed_count.ok_or(wrong_row("confirmed_count"))?,
            cancelled_count: self.cancelled_count.ok_or(wrong_row("cancelled_count"))?,
            expired_count: self.expired_count.ok_or(wrong_row("expired_count"))?,
            confirmed_weight: self.confirmed_weight.ok_or(wrong_row("confirmed_weight"))?,
            abandoned_weight: self.abandoned_weight.ok_or(wrong_row("abandoned_weight"))?,
            weighted_at: self.weighted_at.ok_or(wrong_row("weighted_at"))?,
        };
        row.try_into()
    }
}
