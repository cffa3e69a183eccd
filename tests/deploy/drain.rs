//! Shutdown: readiness turns 503, requests continue for the drain delay, then the process ends.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Fairhold, TestDatabase};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection that sends several requests.
struct Connection(TcpStream);

impl Connection {
    async fn to(server: &Fairhold) -> Self {
        let address = server.address().strip_prefix("http://").unwrap();
        Self(TcpStream::connect(address).await.unwrap())
    }

    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    async fn get(&mut self, path: &str) -> (u16, Value) {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            .await;
        self.response().await
    }

    async fn reserve(&mut self, user: &str) -> (u16, Value) {
        self.post(
            "/inventory/reserve",
            &json!({"sku": "LAST", "user_id": user}),
        )
        .await
    }

    async fn post(&mut self, path: &str, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        self.send(&format!("{head}{body}")).await;
        self.response().await
    }

    /// The status and the body of the next response.
    async fn response(&mut self) -> (u16, Value) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let (_, length) = head.split_once("content-length: ").unwrap();
        let length = length.lines().next().unwrap().parse().unwrap();
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }
}

#[tokio::test]
async fn during_the_drain_delay_a_process_is_not_ready_but_serves() {
    const DELAY: Duration = Duration::from_secs(8);
    let database = TestDatabase::create().await;
    let mut server = Fairhold::start(&database.url(), &["--drain-delay-ms=8000"]).await;
    let mut open = Connection::to(&server).await;
    let stock = json!({"sku": "LAST", "quantity": 2});
    assert_eq!(open.post("/inventory/init", &stock).await.0, 201);
    assert_eq!(open.get("/readyz").await.0, 200);
    let terminated = Instant::now();
    server.terminate();
    let (mut status, mut problem) = open.get("/readyz").await;
    while status == 200 {
        (status, problem) = open.get("/readyz").await;
    }
    assert_eq!((status, &problem["code"]), (503, &json!("not-ready")));
    assert_eq!(open.get("/livez").await.0, 200);
    assert_eq!(open.reserve("by the open connection").await.0, 201);
    let mut new = Connection::to(&server).await;
    assert_eq!(new.reserve("by a new connection").await.0, 201);
    assert_eq!(new.get("/readyz").await.0, 503);
    assert_eq!(server.ended().await.code(), Some(0));
    assert!(terminated.elapsed() >= DELAY, "{:?}", terminated.elapsed());
}

#[tokio::test]
async fn without_a_drain_delay_a_request_in_flight_gets_not_ready() {
    let database = TestDatabase::create().await;
    let mut server = Fairhold::start(&database.url(), &[]).await;
    let mut slow = Connection::to(&server).await;
    slow.send("GET /readyz HTTP/1.1\r\n").await;
    // Connections are accepted in order, so the first one is accepted too.
    assert_eq!(Connection::to(&server).await.get("/livez").await.0, 200);
    server.terminate();
    let address = server.address().strip_prefix("http://").unwrap();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    slow.send("Host: localhost\r\n\r\n").await;
    let (status, problem) = slow.response().await;
    assert_eq!((status, &problem["code"]), (503, &json!("not-ready")));
    assert_eq!(
        slow.0.read(&mut [0]).await.unwrap(),
        0,
        "the connection is closed"
    );
    assert_eq!(server.ended().await.code(), Some(0));
}
