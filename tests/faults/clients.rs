//! Clients that are slow, deaf, greedy or gone: each costs the service little, and others nothing.

use std::time::{Duration, Instant};

use fairhold_test_kit::{World, eventually};
use futures_util::future::{join, join_all};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

use crate::machine::{descriptors, resident_bytes};

/// What a client is given for a head, a body, or to take an answer: 10 s, and time to be noticed.
const PATIENCE: Duration = Duration::from_secs(30);

const HEAD: &str =
    "POST /inventory/reserve HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

/// Sends a byte now and then, for as long as the server listens.
async fn drip(mut to: impl AsyncWriteExt + Unpin, bytes: &[u8]) {
    for byte in bytes.iter().cycle() {
        if to.write_all(&[*byte]).await.is_err() {
            return;
        }
        sleep(Duration::from_millis(500)).await;
    }
}

/// What the server says until it hangs up, and how long that took.
async fn said(mut from: impl AsyncReadExt + Unpin) -> (String, Duration) {
    let began = Instant::now();
    let mut said = Vec::new();
    let heard = timeout(PATIENCE, from.read_to_end(&mut said)).await;
    heard.expect("it hangs up in time").ok();
    (String::from_utf8(said).unwrap(), began.elapsed())
}

#[tokio::test]
async fn a_head_of_a_byte_now_and_then_is_hung_up_on() {
    let world = World::open(1, &[]).await;
    let (from, to) = world.connect().await.into_split();
    let head = format!("{HEAD}X-Slow: ");
    let ((said, took), ()) = join(said(from), drip(to, head.as_bytes())).await;
    assert_eq!(said, "");
    assert!(took > Duration::from_secs(5), "too soon: {took:?}");
}

#[tokio::test]
async fn a_body_of_a_byte_now_and_then_is_refused() {
    let world = World::open(1, &[]).await;
    let shop = &world.shop();
    shop.stock("SLOW", 5).await;
    for framing in ["Content-Length: 1000", "Transfer-Encoding: chunked"] {
        let (from, mut to) = world.connect().await.into_split();
        let begin = format!("{HEAD}{framing}\r\n\r\n");
        to.write_all(begin.as_bytes()).await.unwrap();
        // A chunk's size may have any number of zeros in front.
        let ((said, _), ()) = join(said(from), drip(to, b"0000")).await;
        assert!(said.starts_with("HTTP/1.1 400 "), "{said}");
        assert!(said.contains("application/problem+json"), "{said}");
        assert!(said.contains("\"code\":\"malformed-json\""), "{said}");
    }
    assert_eq!(shop.inventory("SLOW").await.number("available_quantity"), 5);
    world.audit().await;
}

#[tokio::test]
async fn a_client_that_never_reads_its_answers_is_hung_up_on() {
    let world = World::open(1, &[]).await;
    let server = world.servers[0].pid();
    let before = resident_bytes(server);
    let mut deaf = world.connect().await;
    let asks = "GET /static/index.html HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    // It asks on until nothing of it is taken any more, and then for as long as it is let.
    let asking = async { while deaf.write_all(asks.as_bytes()).await.is_ok() {} };
    timeout(PATIENCE, asking).await.expect("it is hung up on");
    let grown = resident_bytes(server).saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more");
    world.shop().get("/livez").await.assert_status(200);
}

#[tokio::test]
async fn clients_that_hang_up_amid_a_request_leave_nothing_behind() {
    let world = World::open(1, &[]).await;
    let shop = &world.shop();
    shop.stock("GONE", 5).await;
    let server = world.servers[0].pid();
    let before = descriptors(server);
    let body = r#"{"sku": "GONE", "user_id": "gone"}"#;
    let whole = format!("{HEAD}Content-Length: {}\r\n\r\n{body}", body.len());
    let cut = (1..whole.len()).step_by(7);
    join_all(cut.map(async |length| {
        let mut client = world.connect().await;
        client.write_all(&whole.as_bytes()[..length]).await.unwrap();
        if length % 2 == 0 {
            client.set_zero_linger().unwrap();
        }
    }))
    .await;
    let gone = async || descriptors(server) <= before;
    eventually("all connections are given back", gone).await;
    assert_eq!(shop.inventory("GONE").await.number("available_quantity"), 5);
    world.audit().await;
}

#[tokio::test]
async fn a_body_of_a_gigabyte_is_refused_at_once_and_takes_no_memory() {
    const GIGABYTE: usize = 1 << 30;
    let world = World::open(1, &[]).await;
    let server = world.servers[0].pid();
    world.shop().get("/livez").await.assert_status(200);
    let before = resident_bytes(server);
    let piece = vec![b' '; 1 << 20];
    for chunked in [false, true] {
        let (from, mut to) = world.connect().await.into_split();
        let framing = if chunked {
            "Transfer-Encoding: chunked\r\n\r\n40000000\r\n".to_owned()
        } else {
            format!("Content-Length: {GIGABYTE}\r\n\r\n")
        };
        to.write_all(format!("{HEAD}{framing}").as_bytes())
            .await
            .unwrap();
        let sending = async {
            let mut sent = 0;
            while sent < GIGABYTE && to.write_all(&piece).await.is_ok() {
                sent += piece.len();
            }
            sent
        };
        // It sends on while it listens, as most clients do, and hears the refusal all the same.
        let ((said, _), _) = join(said(from), sending).await;
        assert!(said.starts_with("HTTP/1.1 413 "), "{said}");
        assert!(said.contains("\"code\":\"body-too-large\""), "{said}");
    }
    let grown = resident_bytes(server).saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more");
}

#[tokio::test]
async fn a_body_that_is_announced_as_too_large_is_not_asked_for() {
    let world = World::open(1, &[]).await;
    let mut client = world.connect().await;
    let head = format!("{HEAD}Content-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n");
    client.write_all(head.as_bytes()).await.unwrap();
    let (said, took) = said(&mut client).await;
    assert!(said.starts_with("HTTP/1.1 413 "), "{said}");
    assert!(took < Duration::from_secs(8), "{took:?}");
}

#[tokio::test]
async fn a_head_without_end_is_refused_and_takes_no_memory() {
    let world = World::open(1, &[]).await;
    let server = world.servers[0].pid();
    let before = resident_bytes(server);
    let (from, mut to) = world.connect().await.into_split();
    to.write_all(HEAD.as_bytes()).await.unwrap();
    let sending = async {
        let header = format!("X: {}\r\n", "x".repeat(1000));
        while to.write_all(header.as_bytes()).await.is_ok() {}
    };
    let ((said, _), ()) = join(said(from), sending).await;
    assert!(said.starts_with("HTTP/1.1 431 "), "{said}");
    let grown = resident_bytes(server).saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more");
}
