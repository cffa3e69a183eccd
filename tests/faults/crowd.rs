//! A crowd at the door: ten thousand idle connections, and more clients than file descriptors.

use fairhold_test_kit::{Fairhold, World, eventually, not_tested};
use futures_util::stream::{self, StreamExt};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::machine::{descriptors, open_files, resident_bytes};

const CROWD: usize = 10_000;

/// What one process needs besides.
const SPARE: usize = 500;

/// Lets this process open as many files as it may, and tells how many idle connections that makes.
fn crowd() -> usize {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, most).unwrap();
    let most = maximum.map_or(CROWD, |most| usize::try_from(most).unwrap());
    let crowd = CROWD.min(most.saturating_sub(SPARE));
    if crowd < CROWD {
        not_tested(&format!(
            "more than {crowd} connections, the limit of open files"
        ));
    }
    crowd
}

/// Comes, asks once, and stays.
async fn visitor(address: &str) -> TcpStream {
    let mut visitor = TcpStream::connect(address).await.unwrap();
    let ask = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    visitor.write_all(ask).await.unwrap();
    let mut answer = [0; 12];
    visitor.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    visitor
}

#[tokio::test]
async fn ten_thousand_idle_connections_are_kept_and_others_served() {
    let crowd = crowd();
    let world = World::open(1, &[]).await;
    let shop = &world.shop();
    let server = world.servers[0].pid();
    shop.stock("CROWD", 5).await;
    let address = world.servers[0].address().strip_prefix("http://").unwrap();
    let before = resident_bytes(server);
    let visitors = stream::iter(0..crowd).map(|_| visitor(address));
    let visitors: Vec<_> = visitors.buffer_unordered(64).collect().await;
    assert!(descriptors(server) >= crowd);
    shop.reserve("CROWD", "latecomer").await.assert_status(201);
    let each = resident_bytes(server).saturating_sub(before) / crowd as u64;
    assert!(each < 64 << 10, "{each} bytes a connection");
    drop(visitors);
    let gone = async || descriptors(server) < 100;
    eventually("all connections are given back", gone).await;
    world.audit().await;
}

/// A Fairhold that a shell has limited to so many open files.
async fn limited(world: &World, limit: &str) -> Fairhold {
    Fairhold::start_under(&world.database.url(), limit).await
}

#[tokio::test]
async fn the_limit_of_open_files_is_raised_as_far_as_it_goes() {
    let mut world = World::open(0, &[]).await;
    world
        .servers
        .push(limited(&world, "ulimit -Sn 100; ulimit -Hn 700").await);
    assert_eq!(open_files(world.servers[0].pid()), [700, 700]);
}

#[tokio::test]
async fn more_clients_than_file_descriptors_wait_and_are_served() {
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
    eventually("as many are in as there is room for", full).await;
    // Who was in before is served, over connections that the database gets only now.
    shop.reserve("TIGHT", "insider").await.assert_status(201);
    shop.inventory("TIGHT").await.assert_status(200);
    drop(crowd);
    let mut latecomer = visitor(world.servers[0].address().strip_prefix("http://").unwrap()).await;
    latecomer.shutdown().await.unwrap();
    shop.reserve("TIGHT", "afterwards").await.assert_status(201);
    world.audit().await;
}
