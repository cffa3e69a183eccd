//! Reservations as they read at this moment: a hold past its end reads as EXPIRED, swept or not.

use std::collections::HashMap;

use sqlx::PgPool;
use uuid::Uuid;

use super::store::Row;
use super::{Reservation, ReservationId, ReservationStatus, UserId};
use crate::inventory::Sku;
use crate::waitlist::{self, Place, Sequence};

/// A reservation and, if it waits, where.
pub type Placed = (Reservation, Option<Place>);

/// How often a page is read before a place that was given up meanwhile is shown as the next.
const TRIES: usize = 3;

/// The reservation of that id.
pub async fn find(pool: &PgPool, id: ReservationId) -> sqlx::Result<Option<Placed>> {
    Ok(find_each(pool, &[id]).await?.pop())
}

/// The reservations of those ids that there are, in no order.
pub async fn find_each(pool: &PgPool, ids: &[ReservationId]) -> sqlx::Result<Vec<Placed>> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    consistent(pool, || named(pool, &ids)).await
}

async fn named(pool: &PgPool, ids: &[Uuid]) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"
        select
            sku as "sku!", reservation_id as "reservation_id!", user_id as "user_id!",
            quantity as "quantity!",
            case
                when status = 'RESERVED' and expires_at <= statement_timestamp() then 'EXPIRED'
                else status::text
            end as "status!",
            sequence, ttl_seconds, created_at as "created_at!", updated_at as "updated_at!",
            expires_at, fairness_score as "fairness_score!",
            fairness_tier::text as "fairness_tier!", fairness_reason as "fairness_reason!"
        from every_reservation
        where reservation_id = any($1)
        "#,
        ids,
    )
    .fetch_all(pool)
    .await
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
    consistent(pool, || matching(pool, filter, after, rows)).await
}

async fn matching(
    pool: &PgPool,
    filter: &Filter,
    after: Option<ReservationId>,
    rows: i64,
) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"
        select
            sku as "sku!", reservation_id as "reservation_id!", user_id as "user_id!",
            quantity as "quantity!",
            case
                when status = 'RESERVED' and expires_at <= statement_timestamp() then 'EXPIRED'
                else status::text
            end as "status!",
            sequence, ttl_seconds, created_at as "created_at!", updated_at as "updated_at!",
            expires_at, fairness_score as "fairness_score!",
            fairness_tier::text as "fairness_tier!", fairness_reason as "fairness_reason!"
        from every_reservation
        where ($1::text is null or sku = $1)
            and ($2::text is null or user_id = $2)
            and ($4::uuid is null or reservation_id < $4)
            and ($3::text is null or $3 = case
                when status = 'RESERVED' and expires_at <= statement_timestamp() then 'EXPIRED'
                else status::text
            end)
            -- Follows from the line before, and lets an index of the live ones be taken.
            and ($3::text is null or $3 not in ('WAITLISTED', 'RESERVED') or status in ('WAITLISTED', 'RESERVED'))
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
    .await
}

/// Reads rows and then where those stand that wait. Who leaves the line between the two is no longer
/// found in it, and everything is read again.
async fn consistent<F: Future<Output = sqlx::Result<Vec<Row>>>>(
    pool: &PgPool,
    read: impl Fn() -> F,
) -> sqlx::Result<Vec<Placed>> {
    let mut found = placed(pool, read().await?).await?;
    for _ in 1..TRIES {
        if found
            .iter()
            .all(|(_, place)| place.is_none_or(|place| place.position > 0))
        {
            return Ok(found);
        }
        found = placed(pool, read().await?).await?;
    }
    for place in found.iter_mut().filter_map(|(_, place)| place.as_mut()) {
        place.position = place.position.max(1);
    }
    Ok(found)
}

/// Adds where those stand that wait.
async fn placed(pool: &PgPool, rows: Vec<Row>) -> sqlx::Result<Vec<Placed>> {
    let rows = rows.into_iter().map(Reservation::try_from);
    let reservations: Vec<_> = rows.collect::<Result<_, _>>()?;
    let waiting = |r: &Reservation| Some((r.sku.clone(), waiting_at(r)?));
    let waiting: Vec<_> = reservations.iter().filter_map(waiting).collect();
    let mut places = HashMap::new();
    if !waiting.is_empty() {
        for (sku, place) in waitlist::store::positions(pool, &waiting).await? {
            places.insert((sku, place.sequence), place);
        }
    }
    let place = |r: &Reservation| places.get(&(r.sku.clone(), waiting_at(r)?)).copied();
    let found = reservations.into_iter().map(|r| {
        let place = place(&r);
        (r, place)
    });
    Ok(found.collect())
}

fn waiting_at(reservation: &Reservation) -> Option<Sequence> {
    let waits = reservation.status == ReservationStatus::Waitlisted;
    reservation.sequence.filter(|_| waits)
}
