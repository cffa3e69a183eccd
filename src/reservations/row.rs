//! Rows of reservations. All queries select their columns by one macro.

use chrono::{DateTime, Utc};
use fairhold_core::fairness::{Tier, Verdict};
use fairhold_core::ids::{Quantity, Sequence, Sku, UserId};
use fairhold_core::reservations::{Hold, Reservation, ReservationStatus};
use fairhold_core::waitlist::WaitlistPosition;
use uuid::Uuid;

use crate::database::wrong_row;

/// A reservation and, if it waits, its position, both from one snapshot.
pub type WithPosition = (Reservation, Option<WaitlistPosition>);

#[derive(Debug)]
pub(crate) struct ReservationRow {
    pub(crate) sku: String,
    pub(crate) reservation_id: Uuid,
    pub(crate) user_id: String,
    pub(crate) quantity: i32,
    pub(crate) status: String,
    pub(crate) sequence: Option<i64>,
    pub(crate) ttl_seconds: Option<i32>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) fairness_score: f64,
    pub(crate) fairness_tier: String,
    pub(crate) fairness_reason: String,
    /// How many must be served until it is; null unless it waits and the query asks for it.
    pub(crate) position: Option<i64>,
    /// Whether what is unsold would suffice for it; null if `position` is.
    pub(crate) servable: Option<bool>,
    /// The number of the row among those examined, in queries that examine more than they return.
    pub(crate) number: Option<i64>,
}

/// Selects [`ReservationRow`]s. `from` is the query behind the columns, in which reservations are
/// named `r`; `with` is what precedes them. `position: waiting` looks the position up. All parts are
/// literals, since the query is checked at compile time.
macro_rules! select_reservations {
    (from: $from:tt, $($arguments:tt)*) => {
        $crate::reservations::row::select_reservations!(
            with: "", status: "r.status::text", position: "null::bigint",
            servable: "null::boolean", number: "null::bigint", from: $from, $($arguments)*
        )
    };
    (
        with: $with:tt, status: $status:tt, position: waiting, number: $number:tt, from: $from:tt,
        $($arguments:tt)*
    ) => {
        $crate::reservations::row::select_reservations!(
            with: $with,
            status: $status,
            position: r#"
                case r.status
                    when 'WAITLISTED' then (
                        select position
                        from waitlist_places
                        where sku = r.sku
                            and sequence = r.sequence
                    )
                end
            "#,
            servable: r#"
                case r.status
                    when 'WAITLISTED' then (
                        select r.quantity <= total_quantity - sold_quantity
                        from skus
                        where sku = r.sku
                    )
                end
            "#,
            number: $number,
            from: $from,
            $($arguments)*
        )
    };
    (
        with: $with:tt, status: $status:tt, position: $position:tt, servable: $servable:tt,
        number: $number:tt, from: $from:tt, $($arguments:tt)*
    ) => {
        sqlx::query_as!(
            $crate::reservations::row::ReservationRow,
            $with + r#"
            select
                r.sku as "sku!", r.reservation_id as "reservation_id!", r.user_id as "user_id!",
                r.quantity as "quantity!", "# + $status + r#" as "status!", r.sequence,
                r.ttl_seconds, r.created_at as "created_at!", r.updated_at as "updated_at!",
                r.expires_at, r.fairness_score as "fairness_score!",
                r.fairness_tier::text as "fairness_tier!", r.fairness_reason as "fairness_reason!",
                "# + $position + r#" as "position?", "# + $servable + r#" as "servable?",
                "# + $number + r#" as "number?"
            "# + $from,
            $($arguments)*
        )
    };
}

pub(crate) use select_reservations;

impl TryFrom<ReservationRow> for Reservation {
    type Error = sqlx::Error;

    fn try_from(row: ReservationRow) -> Result<Self, Self::Error> {
        let hold = match (row.ttl_seconds, row.expires_at) {
            (Some(ttl_seconds), Some(expires_at)) => Some(Hold {
                ttl_seconds,
                expires_at,
            }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(wrong_row("hold")),
        };
        Ok(Self {
            reservation_id: row.reservation_id.into(),
            sku: Sku::parse(&row.sku).map_err(wrong_row)?,
            user_id: UserId::parse(&row.user_id).map_err(wrong_row)?,
            quantity: Quantity::new(row.quantity.into()).ok_or(wrong_row("quantity"))?,
            status: ReservationStatus::from_name(&row.status).ok_or(wrong_row("status"))?,
            sequence: row.sequence.map(Sequence),
            hold,
            created_at: row.created_at,
            updated_at: row.updated_at,
            fairness: Verdict {
                score: row.fairness_score,
                tier: Tier::from_name(&row.fairness_tier).ok_or(wrong_row("tier"))?,
                reason: row.fairness_reason,
            },
        })
    }
}

impl TryFrom<ReservationRow> for WithPosition {
    type Error = sqlx::Error;

    fn try_from(row: ReservationRow) -> Result<Self, Self::Error> {
        let position = row.position.map(|position| {
            let sequence = row.sequence.ok_or(wrong_row("sequence"))?;
            Ok::<_, sqlx::Error>(WaitlistPosition {
                sequence: Sequence(sequence),
                position,
                servable: row.servable.ok_or(wrong_row("servable"))?,
            })
        });
        let position = position.transpose()?;
        Ok((row.try_into()?, position))
    }
}
