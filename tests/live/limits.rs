//! The limits of streams, and how they end.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Block, EventStream, Fairhold, World, eventually};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::all_inventory;
use crate::refused;

/// A client that opens a stream of all SKUs and does not read beyond a small buffer.
async fn lazy_client(server: &Fairhold) -> TcpStream {
    let address = server.address().strip_prefix("http://").unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut client = socket.connect(address.parse().unwrap()).await.unwrap();
    let request = b"GET /live/inventory HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client.write_all(request).await.unwrap();
    let mut head = [0; 15];
    client.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    client
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected_and_releases_its_slot() {
    let world = World::open(1, &["--stream-limit", "1"]).await;
    all_inventory::stock(&world, 2000).await;
    let shop = world.shop();
    let began = Instant::now();
    let lazy = lazy_client(&world.servers[0]).await;
    let full = refused(&shop, "/live/inventory/NONE").await;
    full.assert_problem(503, "overloaded");
    let has_room = async || refused(&shop, "/live/inventory/NONE").await.status == 404;
    eventually("the lazy client is disconnected", has_room).await;
    assert!(
        began.elapsed() > Duration::from_secs(9),
        "{:?}",
        began.elapsed()
    );
    drop(lazy);
}

#[tokio::test]
async fn streams_beyond_the_limit_are_refused() {
    let world = World::open(1, &["--stream-limit", "2"]).await;
    let shop = world.shop();
    shop.stock("A", 1).await;
    let id = shop.reserve("A", "userA").await.id();
    let address = world.servers[0].address();
    let reservation = format!("/live/reservations/{id}");
    let mut kept = EventStream::open(address, "/live/inventory/A").await;
    let left = EventStream::open(address, &reservation).await;
    for path in ["/live/inventory", "/live/inventory/A", &reservation] {
        refused(&shop, path).await.assert_problem(503, "overloaded");
    }
    // Other requests are served.
    shop.get("/inventory/A").await.assert_status(200);
    drop(left);
    let has_room = async || refused(&shop, "/live/inventory/NONE").await.status == 404;
    eventually("the closed stream releases its slot", has_room).await;
    kept.event().await;
    shop.cancel(&id).await.assert_status(200);
    assert_eq!(kept.event().await.number("available_inventory"), 1);
}

#[tokio::test]
async fn a_quiet_stream_sends_comments() {
    let world = World::open(1, &[]).await;
    world.shop().stock("A", 1).await;
    let mut stream = EventStream::open(world.servers[0].address(), "/live/inventory/A").await;
    stream.event().await;
    let quiet = stream.block().await;
    assert!(matches!(quiet, Some(Block::Comment(_))), "{quiet:?}");
}

#[tokio::test]
async fn streams_end_at_once_when_the_service_stops() {
    let mut world = World::open(1, &["--request-timeout-ms", "60000"]).await;
    let shop = world.shop();
    shop.stock("A", 1).await;
    let id = shop.reserve("A", "userA").await.id();
    let address = world.servers[0].address();
    let mut streams = Vec::new();
    for path in [
        "/live/inventory",
        "/live/inventory/A",
        &format!("/live/reservations/{id}"),
    ] {
        let mut stream = EventStream::open(address, path).await;
        stream.event().await;
        streams.push(stream);
    }
    let began = Instant::now();
    world.servers[0].terminate();
    for stream in &mut streams {
        stream.end_without_event().await;
    }
    assert_eq!(world.servers[0].ended().await.code(), Some(0));
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
}
