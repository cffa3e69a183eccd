//! Clients that make the server hold as much memory as they can: never more than its bound.

use fairhold_test_kit::World;
use futures_util::stream::{self, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

use crate::crowd::raise_file_limit;
use crate::process_stats::resident_bytes;

const CLIENTS: u64 = 2_000;

const MB: u64 = 1024 * 1024;

/// The most memory that the server may take, by the documentation, with [`SETTINGS`].
const BOUND: u64 = 128 * MB + 4 * MB + CLIENTS * 40 * 1024;

const SETTINGS: [&str; 2] = ["--buffer-limit-mb=4", "--connection-limit=2100"];

/// A client that takes little from the network and reads nothing.
async fn silent_client(world: &World) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let address = world.servers[0].address().strip_prefix("http://").unwrap();
    socket.connect(address.parse().unwrap()).await.unwrap()
}

/// Has every client send `request`, and returns the clients.
async fn flood(world: &World, request: &[u8]) -> Vec<TcpStream> {
    let clients = stream::iter(0..CLIENTS).map(|_| async {
        let mut client = silent_client(world).await;
        // The server closes the connections that it has no memory for.
        let _ = client.write_all(request).await;
        client
    });
    clients.buffer_unordered(64).collect().await
}

/// The most memory that the server takes while all clients have sent `request`, and others buy.
async fn most_memory(request: &[u8]) -> u64 {
    raise_file_limit();
    let world = World::open(1, &SETTINGS).await;
    let (shop, server) = (&world.shop(), world.servers[0].pid());
    shop.stock("SKU", 500).await;
    let clients = flood(&world, request).await;
    let mut most = 0;
    for number in 0..100 {
        let user = format!("buyer-{number}");
        shop.reserve("SKU", &user).await.assert_status(201);
        most = most.max(resident_bytes(server));
    }
    drop(clients);
    world.audit().await;
    most
}

#[tokio::test]
async fn unfinished_requests_take_no_more_memory_than_their_bound() {
    let mut request = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long: ".to_vec();
    request.resize(60_000, b'x');
    let most = most_memory(&request).await;
    assert!(most <= BOUND, "{most} bytes, of {BOUND}");
}

#[tokio::test]
async fn responses_that_are_not_read_take_no_more_memory_than_their_bound() {
    // The response names every field, and is about ten times as long as the request.
    let fields: Vec<_> = (0..1_500).map(|n| format!("\"{n}\":0")).collect();
    let body = format!("{{{}}}", fields.join(","));
    let request = format!(
        "POST /inventory/reserve HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    // More than the system buffers for a client that reads nothing.
    let most = most_memory(request.repeat(4).as_bytes()).await;
    assert!(most <= BOUND, "{most} bytes, of {BOUND}");
}
