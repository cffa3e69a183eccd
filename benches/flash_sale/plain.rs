//! *Plain*: the work of a reservation as one transaction a request, in the fewest statements that
//! do it without a lane.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use fairhold::api::ReservationView;
use fairhold::fairness::{Policy, Weights};
use fairhold::http::{Body, Problem, ProblemType, Reply};
use fairhold::reservations::Reservation;
use sqlx::{Connection, PgConnection, PgPool};

use crate::rivals::Ask;

struct Stock {
    available: i64,
    version: i64,
    now: DateTime<Utc>,
}

struct Known {
    live: bool,
    confirmed: f64,
    abandoned: f64,
}

pub(crate) async fn reserve(
    State(pool): State<PgPool>,
    Body(ask): Body<Ask>,
) -> Result<Reply<ReservationView>, Problem> {
    let mut connection = pool.acquire().await?;
    let mut transaction = connection.begin().await?;
    let stock = lock(&mut transaction, &ask).await?;
    let stock = stock.ok_or_else(Problem::unknown_sku)?;
    let known = know(&mut transaction, &ask).await?;
    if known.live || stock.available < ask.quantity.units() {
        return Err(Problem::new(ProblemType::SoldOut, "Nothing for you."));
    }
    let fairness = Policy::default().judge(Weights {
        confirmed: known.confirmed,
        abandoned: known.abandoned,
    });
    let held = ask.held_at(stock.now, fairness);
    hold(&mut transaction, &held).await?;
    record(&mut transaction, &held, stock.version + 1).await?;
    count(&mut transaction, &held).await?;
    transaction.commit().await?;
    let view = ReservationView::new(held, None);
    Ok(Reply::new(StatusCode::CREATED, view))
}

async fn lock(connection: &mut PgConnection, ask: &Ask) -> sqlx::Result<Option<Stock>> {
    sqlx::query_as!(
        Stock,
        r#"
        with locked as materialized (
            select available_quantity, version from skus where sku = $1 for update
        )
        select
            available_quantity as "available!",
            version as "version!",
            clock_timestamp() as "now!"
        from locked
        "#,
        ask.sku.as_str(),
    )
    .fetch_optional(connection)
    .await
}

async fn know(connection: &mut PgConnection, ask: &Ask) -> sqlx::Result<Known> {
    sqlx::query_as!(
        Known,
        r#"
        select
            exists (
                select from reservations
                where sku = $1 and user_id = $2 and status in ('WAITLISTED', 'RESERVED')
            ) as "live!",
            coalesce(sum(confirmed_weight), 0) as "confirmed!",
            coalesce(sum(abandoned_weight), 0) as "abandoned!"
        from user_behavior
        where user_id = $2
        "#,
        ask.sku.as_str(),
        ask.user_id.as_str(),
    )
    .fetch_one(connection)
    .await
}

async fn hold(connection: &mut PgConnection, held: &Reservation) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into reservations (
            sku, reservation_id, user_id, quantity, status, ttl_seconds, created_at, updated_at,
            expires_at, fairness_score, fairness_tier, fairness_reason
        )
        values ($1, $2, $3, $4, 'RESERVED', $5, $6, $6, $7, $8, 'full', $9)
        "#,
        held.sku.as_str(),
        held.reservation_id.uuid(),
        held.user_id.as_str(),
        held.quantity.column(),
        86_400,
        held.created_at,
        held.created_at + Duration::seconds(86_400),
        held.fairness.score,
        held.fairness.reason,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn record(connection: &mut PgConnection, held: &Reservation, entry: i64) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into ledger (
            sku, entry, kind, reservation_id, quantity, available_delta, reserved_delta,
            sold_delta, total_delta, recorded_at
        )
        values ($1, $2, 'RESERVED', $3, $4, -$4::integer, $4, 0, 0, $5)
        "#,
        held.sku.as_str(),
        entry,
        held.reservation_id.uuid(),
        held.quantity.column(),
        held.created_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn count(connection: &mut PgConnection, held: &Reservation) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update skus
        set
            available_quantity = available_quantity - $2,
            reserved_quantity = reserved_quantity + $2,
            version = version + 1,
            updated_at = $3
        where sku = $1
        "#,
        held.sku.as_str(),
        i64::from(held.quantity.column()),
        held.created_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}
