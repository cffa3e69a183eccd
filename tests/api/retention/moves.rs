//! What is moved, when, and where to.

use super::{make_old, mover, older, rows, sell, until_moved};
use crate::service::Service;

/// The users whose reservations are still in the busy table.
async fn left_behind(service: &Service) -> Vec<String> {
    sqlx::query_scalar!("select user_id from reservations order by user_id")
        .fetch_all(&service.books)
        .await
        .unwrap()
}

#[tokio::test]
async fn what_ended_long_ago_is_moved_and_nothing_else() {
    let service = Service::start().await;
    service.stock("A", 3).await;
    sell(&service, "A", "buyer").await;
    let quitter = service.hold("A", "quitter", 1).await;
    service.cancel(&quitter).await.is(200);
    let patient = service.wait("A", "patient", 3).await;
    let leaver = service.wait("A", "leaver", 3).await;
    service.cancel(&leaver).await.is(200);
    let late_leaver = service.wait("A", "late leaver", 3).await;
    make_old(&service, "A", 30).await;
    // It was made long ago, but has ended only now.
    service.cancel(&older(&late_leaver, 30)).await.is(200);
    service.stock("B", 1).await;
    sell(&service, "B", "lately").await;

    let mover = mover(&service, 29, 3).await;
    assert_eq!(
        left_behind(&service).await,
        ["late leaver", "lately", "patient"]
    );
    assert_eq!(service.status(&older(&patient, 30)).await, "WAITLISTED");
    mover.finish().await;
    service.finish().await;
}

#[tokio::test]
async fn nothing_is_moved_where_nobody_asked_for_it() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    sell(&service, "A", "buyer").await;
    make_old(&service, "A", 1000).await;
    service.another().await.finish().await;
    assert_eq!(rows(&service).await, (0, 1));
    // Nor before its time.
    service
        .another_with(&["--retention-days=1001"])
        .await
        .finish()
        .await;
    assert_eq!(rows(&service).await, (0, 1));
    mover(&service, 999, 1).await.finish().await;
    service.finish().await;
}

#[tokio::test]
async fn each_month_has_a_partition_of_its_own() {
    let service = Service::start().await;
    let mut months = Vec::new();
    for (sku, days) in [("A", 40), ("B", 100), ("C", 41)] {
        service.stock(sku, 1).await;
        let sold = older(&sell(&service, sku, "buyer").await, days);
        make_old(&service, sku, days).await;
        let made = service.reservation(&sold).await["created_at"].to_string();
        months.push(format!(
            "reservations_history_{}",
            made[1..8].replace('-', "_")
        ));
    }
    months.sort_unstable();
    months.dedup();
    let mover = mover(&service, 1, 3).await;
    let partitions = sqlx::query_scalar!(
        r#"
        select inhrelid::regclass::text as "name!"
        from pg_inherits
        where inhparent = 'reservations_history'::regclass
        order by 1
        "#
    );
    assert_eq!(partitions.fetch_all(&service.books).await.unwrap(), months);
    mover.finish().await;
    service.finish().await;
}

#[tokio::test]
async fn a_move_that_fails_is_tried_again() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    sell(&service, "A", "buyer").await;
    make_old(&service, "A", 3).await;
    let mut locked = service.books.begin().await.unwrap();
    sqlx::query!("lock table reservations_history in share mode")
        .execute(&mut *locked)
        .await
        .unwrap();
    let mover = service.another_with(&["--retention-days=2"]).await;
    service.until_blocked().await;
    service.until_nobody_is_blocked().await;
    locked.commit().await.unwrap();
    until_moved(&service, 1).await;
    mover.finish().await;
    service.finish().await;
}
