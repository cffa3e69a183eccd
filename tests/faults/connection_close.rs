//! Clients that send a head and then its body, as Python's `http.client` does, and reuse the
//! connection unless the response says `Connection: close`: none loses a response.

use fairhold_test_kit::World;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::yield_now;

const JSON: &str = "Content-Type: application/json";

/// Request line, headers, length of the body, and the status of the response.
const REFUSED: [(&str, &str, usize, u16); 5] = [
    ("POST /nothing", JSON, 2000, 404),
    ("PUT /inventory/reserve", JSON, 2000, 405),
    ("POST /inventory/reserve", JSON, 200_000, 413),
    (
        "POST /inventory/reserve",
        "Content-Type: text/plain",
        2000,
        415,
    ),
    (
        "POST /inventory/reserve",
        "Content-Type: application/json\r\nIdempotency-Key: ",
        2000,
        422,
    ),
];

struct Response {
    status: u16,
    closes: bool,
}

/// Sends the head and the body apart, and reads the response.
async fn exchange(client: &mut BufReader<TcpStream>, head: &str, length: usize) -> Response {
    let head = format!("{head}\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n");
    client
        .write_all(head.as_bytes())
        .await
        .expect("the connection is open");
    yield_now().await;
    // A server that has refused the request may not read its body.
    client.write_all(&vec![b' '; length]).await.ok();
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let read = client.read_line(&mut head).await.unwrap();
        assert!(read > 0, "the response is lost: {head:?}");
    }
    let head = head.to_lowercase();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
    let length = header("content-length: ").map_or(0, |length| length.parse().unwrap());
    client.read_exact(&mut vec![0; length]).await.unwrap();
    Response {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        closes: header("connection: ") == Some("close"),
    }
}

async fn lose_nothing(world: &World, line: &str, headers: &str, length: usize, status: u16) {
    let mut client = BufReader::new(world.connect().await);
    for _ in 0..80 {
        let head = format!("{line} HTTP/1.1\r\n{headers}");
        let response = exchange(&mut client, &head, length).await;
        assert_eq!(response.status, status, "{head}");
        if response.closes {
            client = BufReader::new(world.connect().await);
        }
    }
}

#[tokio::test]
async fn no_response_is_lost_to_a_connection_that_closes_unannounced() {
    let world = World::open(1, &[]).await;
    for (line, headers, length, status) in REFUSED {
        lose_nothing(&world, line, headers, length, status).await;
    }
    let limited = World::open(1, &["--rate-limit-per-address=1/m,4"]).await;
    limited.shop().stock("LIMITED", 1).await;
    lose_nothing(&limited, "POST /inventory/reserve", JSON, 2000, 429).await;
}
