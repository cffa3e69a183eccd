//! A long line, which is served a thousand at a time.

use fairhold_test_kit::{eventually, fill_waitlist};

use crate::service::{Service, id};

#[tokio::test]
async fn a_long_waitlist_is_served_in_many_transactions_ahead_of_newcomers() {
    let service = Service::with(&["--request-timeout-ms=800"]).await;
    service.stock("A", 0).await;
    fill_waitlist(&service.books, "A", 5_000).await;
    let done = service.restock("A", 6_000).await.is(200);
    assert_eq!(done["promoted"], 1_000);
    let newcomer = service.reserve("A", "newcomer", 1).await.is(202);
    let newcomer = service.until_status(&id(&newcomer), "RESERVED").await;
    assert_eq!(newcomer["waitlist"], serde_json::Value::Null);
    // Whoever waited was promoted before.
    assert_eq!(service.counts("A").await, [999, 5_001, 0, 6_000, 0]);
    service.hold("A", "late", 1).await;
    service.finish().await;
}

#[tokio::test]
async fn a_large_hold_that_is_cancelled_serves_a_thousand_at_once_and_the_others_after() {
    let service = Service::start().await;
    service.stock("A", 2_500).await;
    let large = service.hold("A", "large", 2_500).await;
    fill_waitlist(&service.books, "A", 2_500).await;
    service.cancel(&large).await.is(200);
    let promoted = promoted_by_transaction(&service).await;
    assert_eq!(promoted, [1_000, 1_000, 500]);
    service.finish().await;
}

async fn promoted_by_transaction(service: &Service) -> Vec<i64> {
    eventually("all are served", async || service.counts("A").await[4] == 0).await;
    let promoted = sqlx::query_scalar!(
        r#"
        select count(*) as "promoted!"
        from ledger
        where sku = 'A' and kind = 'PROMOTED'
        group by recorded_at
        order by recorded_at
        "#,
    );
    promoted.fetch_all(&service.books).await.unwrap()
}

#[tokio::test]
async fn many_repeated_requests_from_a_long_waitlist_get_their_positions() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    service.hold("A", "first", 1).await;
    fill_waitlist(&service.books, "A", 30_000).await;
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
async fn positions_in_a_long_waitlist_follow_those_who_leave() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    service.hold("A", "first", 1).await;
    fill_waitlist(&service.books, "A", 9_000).await;
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
