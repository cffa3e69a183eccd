//! Overload: who finds the queue full is refused at once, and nothing has changed.

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;

use crate::service::Service;

#[tokio::test]
async fn excess_requests_are_refused_while_the_rest_is_served() {
    let service = Service::with(&["--lanes=1", "--queue-limit=1", "--batch-limit=1"]).await;
    service.stock("A", 9).await;
    let books = service.lock("A").await;
    let users: Vec<_> = (0..6).map(|number| format!("user{number}")).collect();
    let (first, answers) = tokio::join!(service.reserve("A", "first", 1), async {
        service.until_blocked().await;
        // One more finds room to wait; all others don't.
        let rivals = users.iter().map(|user| service.reserve("A", user, 1));
        let mut rivals: FuturesUnordered<_> = rivals.collect();
        for _ in 0..users.len() - 1 {
            let refused = rivals.next().await.unwrap();
            refused.refused(503, "overloaded");
            let seconds = refused.header("retry-after").expect("Retry-After");
            assert!(seconds.parse::<u32>().is_ok(), "{seconds}");
        }
        books.commit().await.unwrap();
        rivals.next().await.unwrap()
    });
    first.is(201);
    answers.is(201);
    assert_eq!(service.counts("A").await, [7, 2, 0, 9, 0]);
    service.finish().await;
}

#[tokio::test]
async fn checkout_commands_find_room_while_newcomers_fill_their_queue() {
    let service = Service::with(&["--lanes=1", "--queue-limit=1", "--batch-limit=1"]).await;
    service.stock("A", 9).await;
    let held = service.hold("A", "early", 1).await;
    let books = service.lock("A").await;
    let (first, (second, confirmed)) = tokio::join!(service.reserve("A", "first", 1), async {
        service.until_blocked().await;
        let users = ["second", "third"];
        let mut rivals: FuturesUnordered<_> = users
            .map(|user| service.reserve("A", user, 1))
            .into_iter()
            .collect();
        rivals.next().await.unwrap().refused(503, "overloaded");
        // One confirmation finds room, and only one.
        let mut confirms: FuturesUnordered<_> = [&held, &held]
            .map(|held| service.confirm(held))
            .into_iter()
            .collect();
        confirms.next().await.unwrap().refused(503, "overloaded");
        books.commit().await.unwrap();
        (rivals.next().await.unwrap(), confirms.next().await.unwrap())
    });
    first.is(201);
    second.is(201);
    confirmed.is(200);
    assert_eq!(service.counts("A").await, [6, 2, 1, 9, 0]);
    service.finish().await;
}

#[tokio::test]
async fn reads_are_served_while_the_lanes_are_full() {
    let service = Service::with(&["--lanes=1", "--queue-limit=1"]).await;
    service.stock("A", 1).await;
    let books = service.lock("A").await;
    let (held, ()) = tokio::join!(service.reserve("A", "userA", 1), async {
        service.until_blocked().await;
        assert_eq!(service.counts("A").await, [1, 0, 0, 1, 0]);
        service.get("/readyz").await.is(200);
        books.commit().await.unwrap();
    });
    held.is(201);
    service.finish().await;
}

#[tokio::test]
async fn heavy_reads_are_refused_early_and_leave_connections_to_others() {
    // Of six connections, two serve reads, and so one of them a heavy read.
    let service = Service::start().await;
    service.stock("A", 9).await;
    service.hold("A", "early", 1).await;
    let mut lock = service.books.begin().await.unwrap();
    sqlx::query!("lock table reservations_history in access exclusive mode")
        .execute(&mut *lock)
        .await
        .unwrap();
    let sold = "/reservations?status=CONFIRMED";
    let holds = "/analytics/inventory/A/holds";
    let history = "/analytics/inventory/A/history";
    let (first, ()) = tokio::join!(service.get(sold), async {
        service.until_blocked().await;
        // Of 15 more, four may wait for their turn, and the others are refused at once.
        let more = [sold, holds, history].repeat(5);
        let mut more: FuturesUnordered<_> = more.iter().map(|path| service.get(path)).collect();
        for refused in more.by_ref().take(11).collect::<Vec<_>>().await {
            refused.refused(503, "overloaded");
            assert!(refused.header("retry-after").is_some());
        }
        service.get("/inventory/A").await.is(200);
        service.get("/inventory/A/ledger").await.is(200);
        lock.commit().await.unwrap();
        for waited in more.collect::<Vec<_>>().await {
            waited.is(200);
        }
    });
    first.is(200);
    // As many as the dashboard asks for at once have their turn one after another.
    for read in join_all([sold, holds, history].map(|path| service.get(path))).await {
        read.is(200);
    }
    service.finish().await;
}
