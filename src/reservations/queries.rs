//! Reservations as they read at this moment: a hold past its end reads as EXPIRED, swept or not.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use super::store::Row;
use super::{Reservation, ReservationId, ReservationStatus, UserId};
use crate::inventory::Sku;
use crate::waitlist::{Place, Sequence};

/// A reservation and, if it waits, where.
pub type Placed = (Reservation, Option<Place>);

struct PlacedRow {
    sku: String,
    reservation_id: Uuid,
    user_id: String,
    quantity: i32,
    status: String,
    sequence: Option<i64>,
    ttl_seconds: Option<i32>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    fairness_score: f64,
    fairness_tier: String,
    fairness_reason: String,
    position: Option<i64>,
}

impl TryFrom<PlacedRow> for Placed {
    type Error = sqlx::Error;

    fn try_from(row: PlacedRow) -> Result<Self, Self::Error> {
        let place = row.sequence.zip(row.position);
        let place = place.map(|(sequence, position)| Place {
            sequence: Sequence(sequence),
            position,
        });
        let reservation = Reservation::try_from(Row {
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
        })?;
        Ok((reservation, place))
    }
}

/// The reservation of that id.
pub async fn find(pool: &PgPool, id: ReservationId) -> sqlx::Result<Option<Placed>> {
    sqlx::query_as!(
        PlacedRow,
        r#"
        select
            sku, reservation_id, user_id, quantity,
            case
                when status = 'RESERVED' and expires_at <= clock_timestamp() then 'EXPIRED'
                else status::text
            end as "status!",
            sequence, ttl_seconds, created_at, updated_at, expires_at, fairness_score,
            fairness_tier::text as "fairness_tier!", fairness_reason,
            case when status = 'WAITLISTED' then (
                select count(*)
                from waitlist as w
                where w.sku = r.sku
                    and w.sequence <= r.sequence
            ) end as position
        from reservations as r
        where reservation_id = $1
        "#,
        id.uuid(),
    )
    .fetch_optional(pool)
    .await?
    .map(Placed::try_from)
    .transpose()
}

/// Which reservations to list; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this SKU.
    pub sku: Option<Sku>,
    /// Of this user.
    pub user_id: Option<UserId>,
    /// That read as this status.
    pub status: Option<ReservationStatus>,
}

/// The newest `rows` reservations that fit, older than `after`.
pub async fn list(
    pool: &PgPool,
    filter: &Filter,
    after: Option<ReservationId>,
    rows: i64,
) -> sqlx::Result<Vec<Placed>> {
    let found = sqlx::query_as!(
        PlacedRow,
        r#"
        with shown as (
            select
                *,
                case
                    when status = 'RESERVED' and expires_at <= clock_timestamp() then 'EXPIRED'
                    else status::text
                end as reads_as
            from reservations
            where ($1::text is null or sku = $1)
                and ($2::text is null or user_id = $2)
                and ($4::uuid is null or reservation_id < $4)
        )
        select
            sku, reservation_id, user_id, quantity, reads_as as "status!", sequence,
            ttl_seconds, created_at, updated_at, expires_at, fairness_score,
            fairness_tier::text as "fairness_tier!", fairness_reason,
            case when status = 'WAITLISTED' then (
                select count(*)
                from waitlist as w
                where w.sku = shown.sku
                    and w.sequence <= shown.sequence
            ) end as position
        from shown
        where ($3::text is null or reads_as = $3)
        order by reservation_id desc
        limit $5
        "#,
        filter.sku.as_ref().map(Sku::as_str),
        filter.user_id.as_ref().map(UserId::as_str),
        filter.status.map(ReservationStatus::name),
        after.map(ReservationId::uuid),
        rows,
    )
    .fetch_all(pool)
    .await?;
    found.into_iter().map(Placed::try_from).collect()
}
