//! A reservation with its place in the line, both as one statement has read them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Reservation;
use super::store::Row;
use crate::waitlist::{Sequence, WaitlistPosition};

/// A reservation and, if it waits, where.
pub type Placed = (Reservation, Option<WaitlistPosition>);

/// A row of the table `reservations`, and where it stands.
#[derive(Debug)]
pub struct PlacedRow {
    /// Column of that name.
    pub sku: String,
    /// Column of that name.
    pub reservation_id: Uuid,
    /// Column of that name.
    pub user_id: String,
    /// Column of that name.
    pub quantity: i32,
    /// The status's name.
    pub status: String,
    /// Column of that name.
    pub sequence: Option<i64>,
    /// Column of that name.
    pub ttl_seconds: Option<i32>,
    /// Column of that name.
    pub created_at: DateTime<Utc>,
    /// Column of that name.
    pub updated_at: DateTime<Utc>,
    /// Column of that name.
    pub expires_at: Option<DateTime<Utc>>,
    /// Column of that name.
    pub fairness_score: f64,
    /// The tier's name.
    pub fairness_tier: String,
    /// Column of that name.
    pub fairness_reason: String,
    /// How many must be served until it is; null where it does not wait.
    pub position: Option<i64>,
    /// Its number among those that were looked at, where one looks at many for a few.
    pub number: Option<i64>,
}

impl TryFrom<PlacedRow> for Placed {
    type Error = sqlx::Error;

    fn try_from(row: PlacedRow) -> Result<Self, Self::Error> {
        let place = row.sequence.zip(row.position);
        let place = place.map(|(sequence, position)| WaitlistPosition {
            sequence: Sequence(sequence),
            position,
        });
        let row = Row {
            sku: row.sku,
            reservation_id: row.reservation_id,
            user_id: row.user_id,
            quantity: row.quantity,
            status: row.status,
            sequence: row.sequence,
            ttl_seconds: row.ttl_seconds,
            created_at: row.created_at,
            updated_at: row.updated_at,
            expires_at: row.expires_at,
            fairness_score: row.fairness_score,
            fairness_tier: row.fairness_tier,
            fairness_reason: row.fairness_reason,
        };
        Ok((row.try_into()?, place))
    }
}
