//! `GET /live/inventory/{sku}`: the current state, then each change in order.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Block, EventStream, World};
use futures_util::future::{join, join_all};
use serde_json::Value;
use tokio::sync::watch;

use crate::refused;

/// The documented delay of a change.
const MAX_DELAY: Duration = Duration::from_millis(250);

#[tokio::test]
async fn a_stream_begins_with_the_current_state_and_sends_each_change() {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("A", 2).await;
    shop.reserve("A", "userA").await.assert_status(201);
    let mut stream = EventStream::open(world.servers[0].address(), "/live/inventory/A").await;
    for (name, value) in [("cache-control", "no-store"), ("x-accel-buffering", "no")] {
        assert_eq!(stream.headers()[name], value);
    }
    let Some(Block::Retry(milliseconds)) = stream.block().await else {
        panic!("no retry hint");
    };
    assert!((100..10_000).contains(&milliseconds));
    let mut reserved = ["userB", "userC"].into_iter();
    for version in 2.. {
        let event = stream.event().await;
        assert_eq!(event.kind, "inventory");
        assert_eq!(event.id, Some(version.to_string()));
        assert_eq!(event.data, shop.get("/analytics/inventory/A").await.body);
        let Some(user) = reserved.next() else { break };
        shop.reserve("A", user).await.assert_status_in(&[201, 202]);
    }
    world.audit().await;
}

#[tokio::test]
async fn a_change_by_any_process_is_sent_within_250_ms() {
    let world = World::open(2, &[]).await;
    let shops = &world.shops();
    shops[0].stock("A", 100).await;
    let watched = world.servers.iter();
    let watched = watched.map(|server| EventStream::open(server.address(), "/live/inventory/A"));
    let mut streams = join_all(watched).await;
    for stream in &mut streams {
        stream.event().await;
    }
    let mut delays = Vec::new();
    for n in 0..20 {
        let user = format!("user-{n}");
        shops[n % 2].reserve("A", &user).await.assert_status(201);
        let began = Instant::now();
        let version = i64::try_from(n).unwrap() + 2;
        for stream in &mut streams {
            let event = stream.event().await;
            assert_eq!(event.number("version"), version);
            delays.push(began.elapsed());
        }
    }
    // Without the slowest quarter, since other tests run at the same time.
    delays.sort();
    let delay = delays[delays.len() * 3 / 4];
    assert!(delay < MAX_DELAY, "{delays:?}");
    world.audit().await;
}

#[tokio::test]
async fn a_process_sends_what_it_commits_even_while_it_cannot_poll() {
    let world = World::open(1, &[]).await;
    let shop = &world.shop();
    for sku in ["A", "OTHER"] {
        shop.stock(sku, 5).await;
    }
    let mut stream = EventStream::open(world.servers[0].address(), "/live/inventory/A").await;
    stream.event().await;
    // The poller reads this view and waits; the lanes do not use it.
    let mut locked = world.books.lock("OTHER").await;
    let alter = "alter view inventory_health set (security_barrier = false)";
    locked.execute(alter).await;
    shop.restock("A", 1).await.assert_status(200);
    assert_eq!(stream.event().await.number("available_inventory"), 6);
    let read = shop.get("/analytics/inventory/A").await;
    read.assert_problem(503, "database-unavailable");
    drop(locked);
    world.audit().await;
}

#[tokio::test]
async fn a_client_that_reconnects_gets_the_current_state() {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("A", 5).await;
    for user in ["userA", "userB"] {
        shop.reserve("A", user).await.assert_status(201);
    }
    for last in ["1", "3", "99", "nonsense"] {
        let address = world.servers[0].address();
        let mut stream =
            EventStream::open_with(address, "/live/inventory/A", &[("last-event-id", last)]).await;
        assert_eq!(stream.event().await.number("version"), 3, "after {last}");
    }
}

#[tokio::test]
async fn every_new_subscriber_gets_the_state_at_once() {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("A", 5).await;
    let id = shop.reserve("A", "userA").await.id();
    for path in [
        "/live/inventory",
        "/live/inventory/A",
        &format!("/live/reservations/{id}"),
    ] {
        let opened = (0..3).map(|_| EventStream::open(world.servers[0].address(), path));
        let shown = join_all(join_all(opened).await.iter_mut().map(EventStream::event)).await;
        assert!(shown.iter().all(|event| *event == shown[0]), "{shown:?}");
    }
}

#[tokio::test]
async fn a_stream_of_an_unknown_sku_is_refused() {
    let world = World::open(1, &["--stream-limit", "1"]).await;
    let shop = world.shop();
    // Twice: the first refusal must release its slot.
    for _ in 0..2 {
        let answer = refused(&shop, "/live/inventory/NONE").await;
        answer.assert_problem(404, "unknown-sku");
    }
    let answer = refused(&shop, "/live/inventory/N%20NE").await;
    answer.assert_problem(422, "validation-failed");
}

#[tokio::test]
async fn a_stream_of_one_sku_sends_no_other() {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    for sku in ["A", "B"] {
        shop.stock(sku, 5).await;
    }
    let mut stream = EventStream::open(world.servers[0].address(), "/live/inventory/A").await;
    assert_eq!(stream.event().await.text("sku"), "A");
    shop.reserve("B", "userA").await.assert_status(201);
    shop.reserve("A", "userA").await.assert_status(201);
    let event = stream.event().await;
    assert_eq!((event.text("sku"), event.number("version")), ("A", 2));
}

/// Reads all versions up to `last`. Returns the data of that event.
async fn read_until(world: &World, number: usize, last: &watch::Sender<Option<i64>>) -> Value {
    let address = world.servers[number % 2].address();
    let path = ["/live/inventory/HOT", "/live/inventory"][number / 3];
    let mut stream = EventStream::open(address, path).await;
    let mut versions = Vec::new();
    loop {
        let event = stream.event().await;
        versions.push(event.number("version"));
        assert!(
            versions.is_sorted_by(|before, after| before < after),
            "{versions:?}"
        );
        if *last.borrow() == versions.last().copied() {
            return event.data;
        }
    }
}

#[tokio::test]
async fn under_load_versions_only_rise_and_the_last_event_is_the_last_state() {
    let world = World::open(2, &["--batch-limit", "8"]).await;
    let shops = &world.shops();
    shops[0].stock("HOT", 100).await;
    let last = &watch::Sender::new(None);
    let sale = async {
        join_all((0..150).map(async |n| {
            let shop = &shops[n % 2];
            let id = shop.reserve("HOT", &format!("user-{n}")).await.id();
            match n % 3 {
                0 => drop(shop.cancel(&id).await),
                1 => drop(shop.confirm(&id).await),
                _ => {}
            }
        }))
        .await;
        // Announced before the change, so that no stream misses it.
        let version = world
            .books
            .number("select version from skus where sku = 'HOT'");
        last.send_replace(Some(version.await + 1));
        shops[1].restock("HOT", 1).await.assert_status(200);
        shops[1].get("/analytics/inventory/HOT").await.body
    };
    let watched = join_all((0..6).map(|number| read_until(&world, number, last)));
    let (state, lasts) = join(sale, watched).await;
    assert!(lasts.iter().all(|last| *last == state), "{lasts:?}");
    world.audit().await;
}
