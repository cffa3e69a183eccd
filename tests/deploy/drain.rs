//! How a platform takes a process out of service: it is told, tells others, and then ends.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Fairhold, TestDatabase};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection, asked again and again.
struct Line(TcpStream);

impl Line {
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
        self.answer().await
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
        self.answer().await
    }

    /// The status and the body of the next answer.
    async fn answer(&mut self) -> (u16, Value) {
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
async fn who_is_told_to_end_is_not_ready_and_serves_on_for_as_long_as_it_is_to() {
    const DELAY: Duration = Duration::from_secs(8);
    let database = TestDatabase::create().await;
    let mut server = Fairhold::start(&database.url(), &["--drain-delay-ms=8000"]).await;
    let mut kept = Line::to(&server).await;
    let stock = json!({"sku": "LAST", "quantity": 2});
    assert_eq!(kept.post("/inventory/init", &stock).await.0, 201);
    assert_eq!(kept.get("/readyz").await.0, 200);
    let told = Instant::now();
    server.terminate();
    let (mut status, mut problem) = kept.get("/readyz").await;
    while status == 200 {
        (status, problem) = kept.get("/readyz").await;
    }
    assert_eq!((status, &problem["code"]), (503, &json!("not-ready")));
    assert_eq!(kept.get("/livez").await.0, 200);
    assert_eq!(kept.reserve("by the kept line").await.0, 201);
    let mut new = Line::to(&server).await;
    assert_eq!(new.reserve("by a new line").await.0, 201);
    assert_eq!(new.get("/readyz").await.0, 503);
    assert_eq!(server.ended().await.code(), Some(0));
    assert!(told.elapsed() >= DELAY, "{:?}", told.elapsed());
}

#[tokio::test]
async fn without_a_delay_a_request_that_has_begun_hears_that_it_is_not_ready() {
    let database = TestDatabase::create().await;
    let mut server = Fairhold::start(&database.url(), &[]).await;
    let mut slow = Line::to(&server).await;
    slow.send("GET /readyz HTTP/1.1\r\n").await;
    // Who came first was let in first.
    assert_eq!(Line::to(&server).await.get("/livez").await.0, 200);
    server.terminate();
    let address = server.address().strip_prefix("http://").unwrap();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    slow.send("Host: localhost\r\n\r\n").await;
    let (status, problem) = slow.answer().await;
    assert_eq!((status, &problem["code"]), (503, &json!("not-ready")));
    assert_eq!(slow.0.read(&mut [0]).await.unwrap(), 0, "it is over");
    assert_eq!(server.ended().await.code(), Some(0));
}
