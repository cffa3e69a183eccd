//! Writes reservations, and finds those that are due.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use fairhold_core::ids::{ReservationId, Sku};
use fairhold_core::reservations::Reservation;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::database::{ensure_rows, wrong_row};

/// Writes the columns that may change of existing reservations.
pub async fn update(connection: &mut PgConnection, changed: &[Reservation]) -> sqlx::Result<()> {
    let columns = ReservationColumns::of(changed);
    let done = sqlx::query!(
        r#"
        update reservations as r
        set
            status = new.status,
            ttl_seconds = new.ttl_seconds,
            updated_at = new.updated_at,
            expires_at = new.expires_at,
            fairness_score = new.fairness_score,
            fairness_tier = new.fairness_tier,
            fairness_reason = new.fairness_reason
        from unnest(
            $1::text[], $2::uuid[], $3::text[]::reservation_status[], $4::integer[],
            $5::timestamptz[], $6::timestamptz[], $7::double precision[],
            $8::text[]::fairness_tier[], $9::text[]
        ) as new(
            sku, reservation_id, status, ttl_seconds, updated_at, expires_at, fairness_score,
            fairness_tier, fairness_reason
        )
        where r.sku = new.sku
            and r.reservation_id = new.reservation_id
        "#,
        &columns.skus as &[&str],
        &columns.ids,
        &columns.statuses as &[&str],
        &columns.ttls as &[Option<i32>],
        &columns.updated_at,
        &columns.expires_at as &[Option<DateTime<Utc>>],
        &columns.scores,
        &columns.tiers as &[&str],
        &columns.reasons as &[&str],
    )
    .execute(connection)
    .await?;
    ensure_rows(&done, changed.len())
}

/// Reservations, column by column.
pub(crate) struct ReservationColumns<'a> {
    pub(crate) skus: Vec<&'a str>,
    pub(crate) ids: Vec<Uuid>,
    pub(crate) user_ids: Vec<&'a str>,
    pub(crate) quantities: Vec<i32>,
    pub(crate) statuses: Vec<&'static str>,
    pub(crate) sequences: Vec<Option<i64>>,
    pub(crate) ttls: Vec<Option<i32>>,
    pub(crate) created_at: Vec<DateTime<Utc>>,
    pub(crate) updated_at: Vec<DateTime<Utc>>,
    pub(crate) expires_at: Vec<Option<DateTime<Utc>>>,
    pub(crate) scores: Vec<f64>,
    pub(crate) tiers: Vec<&'static str>,
    pub(crate) reasons: Vec<&'a str>,
}

impl<'a> ReservationColumns<'a> {
    pub(crate) fn of(reservations: &'a [Reservation]) -> Self {
        let each = || reservations.iter();
        Self {
            skus: each().map(|r| r.sku.as_str()).collect(),
            ids: each().map(|r| r.reservation_id.uuid()).collect(),
            user_ids: each().map(|r| r.user_id.as_str()).collect(),
            quantities: each().map(|r| r.quantity.column()).collect(),
            statuses: each().map(|r| r.status.name()).collect(),
            sequences: each().map(|r| r.sequence.map(|s| s.0)).collect(),
            ttls: each().map(|r| r.hold.map(|h| h.ttl_seconds)).collect(),
            created_at: each().map(|r| r.created_at).collect(),
            updated_at: each().map(|r| r.updated_at).collect(),
            expires_at: each().map(|r| r.hold.map(|h| h.expires_at)).collect(),
            scores: each().map(|r| r.fairness.score).collect(),
            tiers: each().map(|r| r.fairness.tier.name()).collect(),
            reasons: each().map(|r| r.fairness.reason.as_str()).collect(),
        }
    }
}

/// The SKU of a reservation. `None` also for one that was moved into the history.
pub async fn sku_of(pool: &PgPool, id: ReservationId) -> sqlx::Result<Option<Sku>> {
    let sku = sqlx::query_scalar!(
        "select sku from reservations where reservation_id = $1",
        id.uuid(),
    )
    .fetch_optional(pool)
    .await?;
    sku.map(|sku| Sku::parse(&sku).map_err(wrong_row))
        .transpose()
}

/// What to sweep, without the SKUs of `except`: the SKUs of the `limit` holds that are due the
/// longest, each with the number of these holds, and up to `limit` SKUs whose waitlist is to be served
/// on. Takes no lock. Unlike `clock_timestamp()`, the statement's time is one value, so that the index
/// is read only up to it.
pub async fn skus_to_sweep(
    pool: &PgPool,
    except: &BTreeSet<Sku>,
    limit: i64,
) -> sqlx::Result<Vec<(Sku, i64)>> {
    let except: Vec<_> = except.iter().map(ToString::to_string).collect();
    let skus = sqlx::query!(
        r#"
        select sku as "sku!", count(expires_at) as "holds!"
        from (
            (
                select sku, expires_at
                from reservations
                where status = 'RESERVED'
                    and quantity > 0
                    and expires_at <= statement_timestamp()
                    and sku <> all($1)
                order by expires_at
                limit $2
            )
            union all
            (
                select sku, null
                from skus
                where serving
                    and sku <> all($1)
                limit $2
            )
        ) as found
        group by sku
        order by min(expires_at)
        "#,
        &except,
        limit,
    )
    .fetch_all(pool)
    .await?;
    skus.iter()
        .map(|row| Ok((Sku::parse(&row.sku).map_err(wrong_row)?, row.holds)))
        .collect()
}
