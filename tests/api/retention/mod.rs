//! The history: what ended long ago moves there, and nobody who asks for it can tell.

mod months;
mod moves;
mod reads;
mod rivals;

use fairhold_test_kit::eventually;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::age::age;
use crate::service::Service;

const DAY_SECONDS: f64 = 86_400.0;
const DAY_MS: u128 = 86_400_000;

/// Moves a SKU into the past, its ids too: as if everything had been so many days ago.
pub(crate) async fn make_old(service: &Service, sku: &str, days: u32) {
    let mut books = service.lock(sku).await;
    age(&mut books, sku, f64::from(days) * DAY_SECONDS).await;
    age_ids(&mut books, sku, days).await;
    books.commit().await.unwrap();
}

/// The id that a reservation has after [`make_old`].
fn older(id: &str, days: u32) -> String {
    let id: Uuid = id.parse().unwrap();
    Uuid::from_u128(id.as_u128() - ((u128::from(days) * DAY_MS) << 80)).to_string()
}

async fn age_ids(connection: &mut PgConnection, sku: &str, days: u32) {
    let ids = sqlx::query_scalar!(
        "select reservation_id from reservations where sku = $1",
        sku
    );
    let ids = ids.fetch_all(&mut *connection).await.unwrap();
    let old = ids.iter().map(|id| older(&id.to_string(), days));
    let old: Vec<Uuid> = old.map(|id| id.parse().unwrap()).collect();
    sqlx::query!(
        r#"
        with changed as (
            select * from unnest($2::uuid[], $3::uuid[]) as changed(id, old)
        ),
        r as (
            update reservations set reservation_id = old from changed
            where sku = $1 and reservation_id = id
        ),
        w as (
            update waitlist set reservation_id = old from changed
            where sku = $1 and reservation_id = id
        ),
        k as (
            update idempotency_keys
            set
                reservation_id = old,
                outcome = jsonb_set(outcome, '{reservation,reservation_id}', to_jsonb(old))
            from changed
            where sku = $1 and reservation_id = id
        )
        update ledger set reservation_id = old from changed
        where sku = $1 and reservation_id = id
        "#,
        sku,
        &ids,
        &old,
    )
    .execute(connection)
    .await
    .unwrap();
}

/// Rows in the history, and in both tables together.
async fn rows(service: &Service) -> (i64, i64) {
    let counted = sqlx::query!(
        r#"
        select
            (select count(*) from reservations_history) as "history!",
            (select count(*) from every_reservation) as "all!"
        "#
    );
    let counted = counted.fetch_one(&service.books).await.unwrap();
    (counted.history, counted.all)
}

/// Returns once so many reservations are in the history.
pub(crate) async fn until_moved(service: &Service, count: i64) {
    eventually("all that ended long ago is in the history", async || {
        (rows(service).await.0 == count).then_some(())
    })
    .await;
}

/// A mover, which has moved what there is to be moved: so many reservations in all.
async fn mover(service: &Service, days: u32, count: i64) -> Service {
    let days = format!("--retention-days={days}");
    let mover = service.another_with(&[&days]).await;
    until_moved(service, count).await;
    mover
}

async fn sell(service: &Service, sku: &str, user: &str) -> String {
    let held = service.hold(sku, user, 1).await;
    service.confirm(&held).await.is(200);
    held
}
