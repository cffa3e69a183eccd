//! A long waitlist, made at once.

use sqlx::PgPool;

/// Makes `waiting` users wait for a unit each, as so many requests would have.
pub async fn fill_waitlist(tables: &PgPool, sku: &str, waiting: i64) {
    fill_waitlist_with(tables, sku, waiting, 1).await;
}

/// Makes `waiting` users wait for `quantity` units each, whatever the stock. Nobody may have waited
/// before.
pub async fn fill_waitlist_with(tables: &PgPool, sku: &str, waiting: i64, quantity: i32) {
    let mut transaction = tables.begin().await.unwrap();
    sqlx::query!(
        r#"
        insert into reservations (
            sku, reservation_id, user_id, quantity, status, sequence, created_at, updated_at,
            fairness_score, fairness_tier, fairness_reason
        )
        select s.sku, gen_random_uuid(), 'waiting-' || n, $3, 'WAITLISTED', n, s.updated_at,
            s.updated_at, 1, 'full', 'no abandoned holds'
        from skus as s
        cross join generate_series(1, $2::bigint) as n
        where s.sku = $1
        "#,
        sku,
        waiting,
        quantity,
    )
    .execute(&mut *transaction)
    .await
    .unwrap();
    sqlx::query!(
        r#"
        insert into waitlist (sku, sequence, reservation_id, user_id, quantity, joined_at)
        select sku, sequence, reservation_id, user_id, quantity, created_at
        from reservations
        where sku = $1 and sequence is not null
        "#,
        sku,
    )
    .execute(&mut *transaction)
    .await
    .unwrap();
    sqlx::query!(
        r#"
        insert into waitlist_parts (sku, span, part, waiting)
        select sku, span, sequence / span, count(*)
        from waitlist
        cross join unnest(array[64, 4096]) as span
        where sku = $1
        group by sku, span, sequence / span
        "#,
        sku,
    )
    .execute(&mut *transaction)
    .await
    .unwrap();
    sqlx::query!(
        r#"
        insert into ledger (
            sku, entry, kind, reservation_id, quantity, available_delta, reserved_delta,
            sold_delta, total_delta, recorded_at
        )
        select r.sku, s.version + r.sequence, 'WAITLISTED', r.reservation_id, r.quantity, 0, 0, 0, 0,
            r.created_at
        from reservations as r
        join skus as s using (sku)
        where r.sku = $1 and r.sequence is not null
        "#,
        sku,
    )
    .execute(&mut *transaction)
    .await
    .unwrap();
    sqlx::query!(
        r#"
        update skus
        set waitlist_size = $2, waitlist_quantity = $2::bigint * $3::integer, last_sequence = $2,
            version = version + $2
        where sku = $1
        "#,
        sku,
        waiting,
        quantity,
    )
    .execute(&mut *transaction)
    .await
    .unwrap();
    transaction.commit().await.unwrap();
}
