//! Ten thousand idle connections, and more clients than file descriptors.

use fairhold_test_kit::{Fairhold, World, eventually, not_tested};
use futures_util::stream::{self, StreamExt};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::process_stats::{descriptors, open_files, resident_bytes};

const CROWD: usize = 10_000;

/// Descriptors that the test process needs for other things.
const SPARE: usize = 500;

/// Raises the open file limit of this process, and returns it.
pub(crate) fn raise_file_limit() -> Option<u64> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, most).unwrap();
    maximum
}

/// How many idle connections the open file limit allows.
fn crowd() -> usize {
    let most = raise_file_limit().map_or(CROWD, |most| usize::try_from(most).unwrap());
    let crowd = CROWD.min(most.saturating_sub(SPARE));
    if crowd < CROWD {
        not_tested(&format!(
            "more than {crowd} connections, because of the open file limit"
        ));
    }
    crowd
}

/// Connects, sends one request and stays connected.
async fn idle_client(address: &str) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    ask(&mut client).await;
    client
}

/// Sends a request and reads its response.
async fn ask(client: &mut TcpStream) {
    let request = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client.write_all(request).await.unwrap();
    let mut response = Vec::new();
    while !response.ends_with(b"}") {
        client.read_buf(&mut response).await.unwrap();
    }
    assert!(response.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn ten_thousand_idle_connections_are_kept_while_others_are_served() {
    let crowd = crowd();
    let world = World::open(1, &["--connection-limit=12000"]).await;
    let shop = &world.shop();
    let server = world.servers[0].pid();
    shop.stock("CROWD", 5).await;
    let address = world.servers[0].address().strip_prefix("http://").unwrap();
    let before = resident_bytes(server);
    let visitors = stream::iter(0..crowd).map(|_| idle_client(address));
    let visitors: Vec<_> = visitors.buffer_unordered(64).collect().await;
    assert!(descriptors(server) >= crowd);
    shop.reserve("CROWD", "latecomer").await.assert_status(201);
    let each = resident_bytes(server).saturating_sub(before) / crowd as u64;
    assert!(each < 40 << 10, "{each} bytes a connection");
    drop(visitors);
    let gone = async || descriptors(server) < 100;
    eventually("all connections are closed", gone).await;
    world.audit().await;
}

/// A Fairhold started by a shell that sets the open file limit.
async fn limited(world: &World, limit: &str) -> Fairhold {
    Fairhold::start_under(&world.database.url(), limit).await
}

#[tokio::test]
async fn the_open_file_limit_is_raised_to_its_maximum() {
    let mut world = World::open(0, &[]).await;
    world
        .servers
        .push(limited(&world, "ulimit -Sn 100; ulimit -Hn 700").await);
    assert_eq!(open_files(world.servers[0].pid()), [700, 700]);
}

#[tokio::test]
async fn more_clients_than_file_descriptors_wait_and_are_served_later() {
    let mut world = World::open(0, &[]).await;
    world.servers.push(limited(&world, "ulimit -n 64").await);
    let server = world.servers[0].pid();
    let shop = &world.shop();
    shop.stock("TIGHT", 5).await;
    let mut crowd = Vec::new();
    let before = descriptors(server);
    for _ in 0..150 {
        crowd.push(world.connect().await);
    }
    let full = async || descriptors(server) >= before + 10;
    eventually("the maximum number of connections is open", full).await;
    // An earlier client is served, over database connections that are opened only now.
    shop.reserve("TIGHT", "insider").await.assert_status(201);
    shop.inventory("TIGHT").await.assert_status(200);
    drop(crowd);
    let mut latecomer =
        idle_client(world.servers[0].address().strip_prefix("http://").unwrap()).await;
    latecomer.shutdown().await.unwrap();
    shop.reserve("TIGHT", "afterwards").await.assert_status(201);
    world.audit().await;
}

#[tokio::test]
async fn more_clients_than_the_connection_limit_wait_until_others_leave() {
    let world = World::open(1, &["--connection-limit=20"]).await;
    let address = world.servers[0].address().strip_prefix("http://").unwrap();
    let mut crowd = Vec::new();
    for _ in 0..20 {
        crowd.push(idle_client(address).await);
    }
    let mut waiting = Box::pin(idle_client(address));
    // The others are served meanwhile.
    let others = async {
        for client in &mut crowd {
            ask(client).await;
        }
    };
    tokio::select! {
        biased;
        _ = &mut waiting => panic!("the limit was exceeded"),
        () = others => {}
    }
    crowd.pop();
    waiting.await;
}
