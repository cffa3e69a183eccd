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
    let service = Service::with(&["--request-timeout-ms=800"]).await;
    service.stock("A", 0).await;
    line_up(&service.books, "A", 60_000).await;
    let done = service.restock("A", 60_001).await.is(200);
    assert_eq!(done["promoted"], 60_000);
    assert_eq!(service.counts("A").await, [1, 60_000, 0, 60_001, 0]);
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

/// A line over several parts of each span, out of which people leave: single ones, and all who
/// wait around a border between parts.
#[tokio::test]
async fn positions_in_a_long_line_follow_those_who_leave_it() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    service.hold("A", "first", 1).await;
    line_up(&service.books, "A", 9_000).await;
    let leaving = sqlx::query_scalar!(
        r#"
        select reservation_id
        from waitlist
        where sequence between 4030 and 4170 or sequence % 97 = 0 or sequence <= 70
        "#,
    );
    let leaving = leaving.fetch_all(&service.books).await.unwrap();
    let leaving: Vec<_> = leaving.iter().map(ToString::to_string).collect();
    for some in leaving.chunks(50) {
        let gone = some.iter().map(|id| service.cancel(id));
        for answer in futures_util::future::join_all(gone).await {
            answer.is(200);
        }
    }
    service.wait("A", "latest", 1).await;
    service.restock("A", 3).await.is(200);

    let counted = sqlx::query!(
        r#"
        select reservation_id, row_number() over (order by sequence) as "position!"
        from waitlist
        "#,
    );
    let counted = counted.fetch_all(&service.books).await.unwrap();
    assert_eq!(counted.len(), 9_001 - leaving.len() - 3);
    for waiting in counted.iter().step_by(61).chain(counted.last()) {
        let id = waiting.reservation_id.to_string();
        let read = service.reservation(&id).await;
        assert_eq!(read["waitlist"]["position"], waiting.position);
    }
    let again = service.reserve("A", "latest", 1).await.is(200);
    assert_eq!(again["waitlist"]["position"], counted.len());
    service.finish().await;
}
