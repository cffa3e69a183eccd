//! Clients that are slow, do not read, send too much or disappear: each costs the service little.

use std::time::{Duration, Instant};

use fairhold_test_kit::{World, eventually};
use futures_util::future::{join, join_all};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

use crate::process_stats::{descriptors, resident_bytes};

/// The timeout of a head, a body or a response is 10 s; the rest is for a slow machine.
const MAX_WAIT: Duration = Duration::from_secs(30);

const HEAD: &str =
    "POST /inventory/reserve HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

/// Sends a byte every 500 ms until the server closes the connection.
async fn drip(mut to: impl AsyncWriteExt + Unpin, bytes: &[u8]) {
    for byte in bytes.iter().cycle() {
        if to.write_all(&[*byte]).await.is_err() {
            return;
        }
        sleep(Duration::from_millis(500)).await;
    }
}

/// Reads until the server closes the connection. Returns the response and the time.
async fn read_all(mut from: impl AsyncReadExt + Unpin) -> (String, Duration) {
    let began = Instant::now();
    let mut read = Vec::new();
    let reading = timeout(MAX_WAIT, from.read_to_end(&mut read)).await;
    reading
        .expect("the server closes the connection in time")
        .ok();
    (String::from_utf8(read).unwrap(), began.elapsed())
}

#[tokio::test]
async fn a_head_that_arrives_byte_by_byte_is_cut_off() {
    let world = World::open(1, &[]).await;
    let (from, to) = world.connect().await.into_split();
    let head = format!("{HEAD}X-Slow: ");
    let ((response, took), ()) = join(read_all(from), drip(to, head.as_bytes())).await;
    assert_eq!(response, "");
    assert!(took > Duration::from_secs(5), "too soon: {took:?}");
}

#[tokio::test]
async fn a_body_that_arrives_byte_by_byte_is_refused() {
    let world = World::open(1, &[]).await;
    let shop = &world.shop();
    shop.stock("SLOW", 5).await;
    for framing in ["Content-Length: 1000", "Transfer-Encoding: chunked"] {
        let (from, mut to) = world.connect().await.into_split();
        let begin = format!("{HEAD}{framing}\r\n\r\n");
        to.write_all(begin.as_bytes()).await.unwrap();
        // A chunk's size may have any number of zeros in front.
        let ((response, _), ()) = join(read_all(from), drip(to, b"0000")).await;
        assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
        assert!(response.contains("application/problem+json"), "{response}");
        assert!(
            response.contains("\"code\":\"malformed-json\""),
            "{response}"
        );
    }
    assert_eq!(shop.inventory("SLOW").await.number("available_quantity"), 5);
    world.audit().await;
}

#[tokio::test]
async fn a_client_that_never_reads_its_responses_is_disconnected() {
    let world = World::open(1, &[]).await;
    let server = world.servers[0].pid();
    let before = resident_bytes(server);
    let mut client = world.connect().await;
    let requests = "GET /static/index.html HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    // It sends requests until the server reads no more, and then until it is disconnected.
    let asking = async { while client.write_all(requests.as_bytes()).await.is_ok() {} };
    timeout(MAX_WAIT, asking)
        .await
        .expect("the client is disconnected");
    let grown = resident_bytes(server).saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more");
    world.shop().get("/livez").await.assert_status(200);
}

#[tokio::test]
async fn clients_that_disconnect_within_a_request_leave_nothing_behind() {
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
    eventually("all connections are closed", gone).await;
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
        // Like most clients, it sends before it reads, and gets the refusal nevertheless.
        let ((response, _), _) = join(read_all(from), sending).await;
        assert!(response.starts_with("HTTP/1.1 413 "), "{response}");
        assert!(
            response.contains("\"code\":\"body-too-large\""),
            "{response}"
        );
    }
    let grown = resident_bytes(server).saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more");
}

#[tokio::test]
async fn a_body_announced_as_too_large_is_refused_before_it_is_sent() {
    let world = World::open(1, &[]).await;
    let mut client = world.connect().await;
    let head = format!("{HEAD}Content-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n");
    client.write_all(head.as_bytes()).await.unwrap();
    let (response, took) = read_all(&mut client).await;
    assert!(response.starts_with("HTTP/1.1 413 "), "{response}");
    assert!(took < Duration::from_secs(8), "{took:?}");
}

#[tokio::test]
async fn an_endless_head_is_refused_and_takes_no_memory() {
    let world = World::open(1, &[]).await;
    let server = world.servers[0].pid();
    let before = resident_bytes(server);
    let (from, mut to) = world.connect().await.into_split();
    to.write_all(HEAD.as_bytes()).await.unwrap();
    let sending = async {
        let header = format!("X: {}\r\n", "x".repeat(1000));
        while to.write_all(header.as_bytes()).await.is_ok() {}
    };
    let ((response, _), ()) = join(read_all(from), sending).await;
    assert!(response.starts_with("HTTP/1.1 431 "), "{response}");
    let grown = resident_bytes(server).saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more");
}

#[tokio::test]
async fn many_clients_that_do_not_read_a_large_file_share_its_memory() {
    let world = World::open(1, &[]).await;
    let server = world.servers[0].pid();
    let request = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let before = resident_bytes(server);
    let clients = join_all((0..200).map(async |_| {
        let mut client = world.connect().await;
        client.write_all(request.as_bytes()).await.unwrap();
        client.read_exact(&mut [0; 15]).await.unwrap();
        client
    }))
    .await;
    let grown = resident_bytes(server).saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more");
    drop(clients);
}
