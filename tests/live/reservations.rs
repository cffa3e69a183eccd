//! `GET /live/reservations/{reservation_id}`: the current state of a reservation.

use fairhold_test_kit::{EventStream, Shop, World, eventually};

use crate::refused;

async fn open(world: &World, process: usize, id: &str) -> EventStream {
    let path = format!("/live/reservations/{id}");
    EventStream::open(world.servers[process].address(), &path).await
}

/// Reserves for `users` users, one after the other. Returns the reservation ids.
async fn reserve(shop: &Shop, users: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..users {
        ids.push(shop.reserve("A", &format!("user-{n}")).await.id());
    }
    ids
}

#[tokio::test]
async fn a_waiter_sees_each_position_and_the_promotion() {
    let world = World::open(2, &[]).await;
    let shops = &world.shops();
    shops[0].stock("A", 1).await;
    let ids = reserve(&shops[0], 4).await;
    let last = &ids[3];
    // One of the two streams is at the process that makes the changes.
    let mut streams = [open(&world, 0, last).await, open(&world, 1, last).await];
    for stream in &mut streams {
        let event = stream.event().await;
        assert_eq!(event.kind, "reservation");
        assert_eq!(event.number("waitlist/position"), 3);
        let read = shops[0].get(&format!("/reservations/{last}")).await;
        assert_eq!(event.data, read.body);
    }
    shops[0].cancel(&ids[1]).await.assert_status(200);
    for stream in &mut streams {
        assert_eq!(stream.event().await.number("waitlist/position"), 2);
    }
    shops[0].cancel(&ids[2]).await.assert_status(200);
    for stream in &mut streams {
        assert_eq!(stream.event().await.number("waitlist/position"), 1);
    }
    shops[0].cancel(&ids[0]).await.assert_status(200);
    for stream in &mut streams {
        let event = stream.event().await;
        assert_eq!(event.text("status"), "RESERVED");
        let read = shops[1].get(&format!("/reservations/{last}")).await;
        assert_eq!(event.data, read.body);
    }
    shops[0].confirm(last).await.assert_status(200);
    for stream in &mut streams {
        assert_eq!(stream.event().await.text("status"), "CONFIRMED");
    }
    world.audit().await;
}

#[tokio::test]
async fn a_waiter_learns_that_a_sale_has_left_too_little() {
    let world = World::open(2, &[]).await;
    let shops = &world.shops();
    shops[0].stock("A", 3).await;
    let held = shops[0].reserve("A", "holder").await.id();
    let waiting = shops[0].reserve_units("A", "waiter", 3).await.id();
    let mut streams = [
        open(&world, 0, &waiting).await,
        open(&world, 1, &waiting).await,
    ];
    for stream in &mut streams {
        assert_eq!(stream.event().await.data["waitlist"]["servable"], true);
    }
    shops[0].confirm(&held).await.assert_status(200);
    for stream in &mut streams {
        let event = stream.event().await;
        assert_eq!(event.number("waitlist/position"), 1);
        assert_eq!(event.data["waitlist"]["servable"], false);
    }
    world.audit().await;
}

#[tokio::test]
async fn a_hold_past_its_end_is_sent_as_expired_even_while_its_row_is_locked() {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("A", 1).await;
    let id = &reserve(&shop, 1).await[0];
    let mut locked = world.books.lock("A").await;
    let end = "clock_timestamp() + interval '2 seconds'";
    locked.end_holds("A", end).await;
    locked.commit().await;
    let locked = world.books.lock("A").await;
    let mut stream = open(&world, 0, id).await;
    assert_eq!(stream.event().await.text("status"), "RESERVED");
    let event = stream.event().await;
    assert_eq!(event.text("status"), "EXPIRED");
    let expired = format!(
        "select (1000 * extract(epoch from clock_timestamp() - expires_at))::bigint
         from reservations where reservation_id = '{id}'"
    );
    let late = world.books.number(&expired).await;
    assert!((0..2000).contains(&late), "{late} ms late");
    locked.commit().await;
    let swept = "select count(*) from reservations where status = 'EXPIRED'";
    let swept = async || world.books.number(swept).await == 1;
    eventually("the hold is swept", swept).await;
    world.audit().await;
}

#[tokio::test]
async fn a_hold_confirmed_in_time_is_sent_as_confirmed_even_after_it_was_sent_as_expired() {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("A", 10).await;
    shop.stock("B", 1).await;
    let mut seen = false;
    for n in 0..10 {
        let id = shop.reserve("A", &format!("user-{n}")).await.id();
        let mut held_up = world.books.lock("B").await;
        let mut locked = world.books.lock("A").await;
        let end = "clock_timestamp() + interval '700 milliseconds'";
        locked.end_holds("A", end).await;
        locked.commit().await;
        let mut stream = open(&world, 0, &id).await;
        stream.event().await;
        // A confirmation is decided now, and cannot be written yet.
        held_up.execute("lock table ledger in share mode").await;
        let confirming = shop.confirm(&id);
        let watching = async {
            let shown = stream.event().await;
            held_up.commit().await;
            shown
        };
        let (answer, shown) = tokio::join!(confirming, watching);
        let mut shown = shown.text("status").to_owned();
        if answer.status == 200 {
            seen |= shown == "EXPIRED";
            if shown == "EXPIRED" {
                stream.event().await.text("status").clone_into(&mut shown);
            }
            assert_eq!(shown, "CONFIRMED");
        }
        if seen {
            break;
        }
    }
    assert!(seen, "no hold was confirmed while it was sent as expired");
    world.audit().await;
}

#[tokio::test]
async fn a_reservation_that_has_ended_is_sent_once() {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("A", 2).await;
    let ids = reserve(&shop, 2).await;
    shop.cancel(&ids[0]).await.assert_status(200);
    let mut ended = open(&world, 0, &ids[0]).await;
    let mut held = open(&world, 0, &ids[1]).await;
    assert_eq!(ended.event().await.text("status"), "CANCELLED");
    assert_eq!(held.event().await.text("status"), "RESERVED");
    shop.confirm(&ids[1]).await.assert_status(200);
    assert_eq!(held.event().await.text("status"), "CONFIRMED");
    // Ends the stream, so that all its events are known.
    world.servers[0].terminate();
    ended.end_without_event().await;
}

#[tokio::test]
async fn a_stream_of_an_unknown_reservation_is_refused() {
    let world = World::open(1, &["--stream-limit", "1"]).await;
    let shop = world.shop();
    for _ in 0..2 {
        let answer = refused(
            &shop,
            "/live/reservations/019aa000-0000-7000-8000-000000000000",
        )
        .await;
        answer.assert_problem(404, "unknown-reservation");
    }
    let answer = refused(&shop, "/live/reservations/7").await;
    answer.assert_problem(422, "validation-failed");
}
