//! Several who move at once, and many who ask meanwhile.

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};

use super::{make_old, mover, older, rows, sell, until_moved};
use crate::service::Service;

/// Sells so many units, more than are moved at once.
async fn sell_many(service: &Service, count: usize) -> Vec<String> {
    service.stock("MANY", i64::try_from(count).unwrap()).await;
    let sales = (0..count).map(async |n| sell(service, "MANY", &format!("user-{n}")).await);
    let sold: Vec<_> = stream::iter(sales).buffered(50).collect().await;
    make_old(service, "MANY", 3).await;
    sold.iter().map(|id| older(id, 3)).collect()
}

#[tokio::test]
async fn two_processes_move_each_reservation_once() {
    let service = Service::start().await;
    sell_many(&service, 1100).await;
    let flags = ["--retention-days=2"];
    let (one, other) = tokio::join!(service.another_with(&flags), service.another_with(&flags));
    until_moved(&service, 1100).await;
    assert_eq!(rows(&service).await, (1100, 1100));
    one.finish().await;
    other.finish().await;
    service.finish().await;
}

/// Has the oldest reservation in both tables.
async fn plant_in_history(service: &Service) {
    sqlx::query!(
        r#"
        select provide_history(instant_of_id(reservation_id))
        from reservations
        order by reservation_id
        limit 1
        "#
    )
    .fetch_one(&service.books)
    .await
    .unwrap();
    sqlx::query!(
        r#"
        insert into reservations_history
        select * from reservations order by reservation_id limit 1
        "#
    )
    .execute(&service.books)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_row_that_the_history_refuses_keeps_none_behind_its_stretch() {
    let service = Service::start().await;
    sell_many(&service, 1100).await;
    plant_in_history(&service).await;
    let mover = mover(&service, 2, 1 + 100).await;
    sqlx::query!(
        r#"
        delete from reservations_history as h
        using reservations as r
        where r.sku = h.sku
            and r.reservation_id = h.reservation_id
        "#
    )
    .execute(&service.books)
    .await
    .unwrap();
    assert_eq!(rows(&service).await, (100, 1100));
    mover.finish().await;
    service.finish().await;
}

#[tokio::test]
async fn who_waits_for_a_locked_sku_finds_what_was_moved_meanwhile() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let sold = older(&sell(&service, "A", "buyer").await, 3);
    make_old(&service, "A", 3).await;
    // The move does not need the row that the confirmation waits for.
    let locked = service.lock("A").await;
    let (again, mover) = tokio::join!(service.confirm(&sold), async {
        service.until_blocked().await;
        let mover = mover(&service, 2, 1).await;
        locked.commit().await.unwrap();
        mover
    });
    assert_eq!(again.is(200)["status"], "CONFIRMED");
    mover.finish().await;
    service.finish().await;
}

/// Has what was sold confirmed again and again by many connections, until all of it was moved.
async fn confirm_while_moving(service: &Service, sold: &[String], connection: usize) -> usize {
    let mut confirmed = 0;
    let ids = sold.iter().cycle().skip(connection * 97);
    for id in ids {
        let again = service.confirm(id).await.is(200);
        assert_eq!(again["status"], "CONFIRMED");
        assert_eq!(again["reservation_id"], *id);
        let (moved, all) = rows(service).await;
        assert_eq!(all, 1100, "each is in one table");
        confirmed += 1;
        if moved == all {
            return confirmed;
        }
    }
    confirmed
}

#[tokio::test]
async fn a_sale_that_is_just_being_moved_is_confirmed_again_by_many() {
    let service = Service::start().await;
    let sold = &sell_many(&service, 1100).await;
    let storm = join_all((0..8).map(|n| confirm_while_moving(&service, sold, n)));
    let (confirmed, mover) = tokio::join!(storm, service.another_with(&["--retention-days=2"]));
    assert!(confirmed.iter().all(|&times| times > 0), "{confirmed:?}");
    // In the same transactions as those of newcomers.
    service.restock("MANY", 8).await.is(200);
    let newcomers = (0..8).map(|n| format!("newcomer-{n}"));
    let mixed = sold.iter().zip(newcomers).map(async |(id, newcomer)| {
        tokio::join!(service.confirm(id), service.reserve("MANY", &newcomer, 1))
    });
    for (again, held) in join_all(mixed).await {
        assert_eq!(again.is(200)["status"], "CONFIRMED");
        held.is(201);
    }
    mover.finish().await;
    service.finish().await;
}
