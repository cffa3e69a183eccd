//! A long line: promoting all of it is one transaction, however long that takes.

use fairhold_test_kit::fill_waitlist;

use crate::service::Service;

#[tokio::test]
async fn one_restock_serves_a_waitlist_for_longer_than_a_request_timeout() {
    let service = Service::with(&["--request-timeout-ms=800"]).await;
    service.stock("A", 0).await;
    fill_waitlist(&service.books, "A", 60_000).await;
    let done = service.restock("A", 60_001).await.is(200);
    assert_eq!(done["promoted"], 60_000);
    assert_eq!(service.counts("A").await, [1, 60_000, 0, 60_001, 0]);
    service.finish().await;
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
