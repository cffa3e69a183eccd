//! A long line: promoting all of it is one transaction, however long that takes.

use sqlx::PgPool;

use crate::service::Service;

/// Has `waiting` users wait for a unit each, as so many requests would have.
async fn line_up(books: &PgPool, sku: &str, waiting: i64) {
    let mut transaction = books.begin().await.unwrap();
    sqlx::query!(
        r#"
        insert into reservations (
            sku, reservation_id, user_id, quantity, status, sequence, created_at, updated_at,
            fairness_score, fairness_tier, fairness_reason
        )
        select s.sku, gen_random_uuid(), 'waiting-' || n, 1, 'WAITLISTED', n, s.updated_at,
            s.updated_at, 1, 'full', 'no abandoned holds'
        from skus as s
        cross join generate_series(1, $2::bigint) as n
        where s.sku = $1
        "#,
        sku,
        waiting,
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
        insert into ledger (
            sku, entry, kind, reservation_id, quantity, available_delta, reserved_delta,
            sold_delta, total_delta, recorded_at
        )
        select r.sku, s.version + r.sequence, 'WAITLISTED', r.reservation_id, 1, 0, 0, 0, 0,
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
        set waitlist_size = $2, waitlist_quantity = $2, last_sequence = $2, version = version + $2
        where sku = $1
        "#,
        sku,
        waiting,
    )
    .execute(&mut *transaction)
    .await
    .unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn one_restock_serves_a_line_that_takes_longer_than_a_request_may_wait() {
    let service = Service::with(&["--request-timeout-ms=300"]).await;
    service.stock("A", 0).await;
    line_up(&service.books, "A", 30_000).await;
    let done = service.restock("A", 30_001).await.is(200);
    assert_eq!(done["promoted"], 30_000);
    assert_eq!(service.counts("A").await, [1, 30_000, 0, 30_001, 0]);
    service.finish().await;
}

#[tokio::test]
async fn many_who_ask_again_from_a_long_line_learn_their_positions() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    service.hold("A", "first", 1).await;
    line_up(&service.books, "A", 30_000).await;
    let users: Vec<_> = (0..60)
        .map(|n| format!("waiting-{}", 1 + n * 500))
        .collect();
    let asked = users.iter().map(|user| service.reserve("A", user, 1));
    let answers = futures_util::future::join_all(asked).await;
    for (n, answer) in answers.into_iter().enumerate() {
        let waiting = answer.is(200);
        assert_eq!(waiting["waitlist"]["position"], 1 + n * 500);
    }
    service.finish().await;
}
