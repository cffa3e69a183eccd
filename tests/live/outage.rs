//! Streams survive an outage of the database.

use fairhold_test_kit::{
    DataDir, EventStream, Fairhold, Shop, Weather, World, eventually, process,
};

use crate::refused;

#[tokio::test]
async fn a_stream_survives_a_restart_of_the_database() {
    let folder = DataDir::new("restart").await;
    let mut server = Fairhold::start_in(&folder.path, &[]).await;
    let shop = Shop::at(server.address());
    shop.stock("A", 3).await;
    let id = shop.reserve("A", "userA").await.id();
    let mut streams = Vec::new();
    for path in [
        "/live/inventory",
        "/live/inventory/A",
        &format!("/live/reservations/{id}"),
    ] {
        let mut stream = EventStream::open(server.address(), path).await;
        stream.event().await;
        streams.push(stream);
    }
    let before = folder.postmaster().unwrap();
    process::kill(before);
    // Its child processes may serve for another moment.
    let another = async || folder.postmaster().is_some_and(|now| now != before);
    eventually("the database is restarted", another).await;
    let confirmed = async || shop.confirm(&id).await.status == 200;
    eventually("the database is back", confirmed).await;
    for stream in &mut streams[..2] {
        assert_eq!(stream.event().await.number("sold_inventory"), 1);
    }
    assert_eq!(streams[2].event().await.text("status"), "CONFIRMED");
    drop(streams);
    server.terminate();
    assert_eq!(server.ended().await.code(), Some(0));
}

#[tokio::test]
async fn changes_by_other_processes_during_an_outage_are_sent_afterwards() {
    let (mut world, proxy) = World::open_behind_proxy(&[]).await;
    world.join(&[]).await;
    let other = &world.shops()[1];
    other.stock("A", 3).await;
    let id = other.reserve("A", "userA").await.id();
    let mut streams = Vec::new();
    for path in [
        "/live/inventory",
        "/live/inventory/A",
        &format!("/live/reservations/{id}"),
    ] {
        let mut stream = EventStream::open(world.servers[0].address(), path).await;
        stream.event().await;
        streams.push(stream);
    }
    for weather in [Weather::Down, Weather::Frozen] {
        proxy.set(weather);
        let user = format!("{weather:?}");
        other.reserve("A", &user).await.assert_status(201);
        if weather == Weather::Frozen {
            proxy.held_back().await;
        }
        proxy.set(Weather::Fair);
        let version = other.get("/analytics/inventory/A").await.number("version");
        for stream in &mut streams[..2] {
            assert_eq!(stream.event().await.number("version"), version);
        }
    }
    other.cancel(&id).await.assert_status(200);
    assert_eq!(streams[2].event().await.text("status"), "CANCELLED");
    world.audit().await;
}

#[tokio::test]
async fn a_new_stream_is_refused_while_the_database_is_unavailable() {
    let flags = ["--request-timeout-ms", "500", "--stream-limit", "1"];
    let (world, proxy) = World::open_behind_proxy(&flags).await;
    let shop = world.shop();
    shop.stock("A", 1).await;
    let id = shop.reserve("A", "userA").await.id();
    proxy.set(Weather::Down);
    let reservation = format!("/live/reservations/{id}");
    for path in ["/live/inventory", "/live/inventory/A", &reservation] {
        refused(&shop, path)
            .await
            .assert_problem(503, "database-unavailable");
    }
    proxy.set(Weather::Fair);
    let mut stream = EventStream::open(world.servers[0].address(), &reservation).await;
    assert_eq!(stream.event().await.text("status"), "RESERVED");
    world.audit().await;
}
