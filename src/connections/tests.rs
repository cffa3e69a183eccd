//! The timeouts of a connection, on a clock that the test moves.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use futures_util::stream::unfold;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{Connection, InFlight, MemoryBudget, Peer, RequestHandler, serve_plain};

const REQUEST: &[u8] = b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n";
const LENGTH: usize = 100_000;
const LINE: &str = "a line that is long enough to fill a buffer some day";

/// A client and the server side of its connection.
fn connect() -> (DuplexStream, impl Future<Output = ()>) {
    let slow = async || sleep(Duration::from_mins(5)).await;
    let router = Router::new()
        .route("/long", get("x".repeat(LENGTH)))
        .route("/slow", get(slow))
        .route("/stream", get(stream));
    let (client, server) = duplex(1024);
    let connection = connection(router, CancellationToken::new());
    (client, serve_plain(server, connection))
}

fn connection(router: Router, stop: CancellationToken) -> Connection {
    let handler = RequestHandler {
        peer: Peer(([127, 0, 0, 1], 1).into()),
        router,
        in_flight: InFlight::default(),
    };
    let budget = MemoryBudget::new(usize::MAX);
    Connection {
        handler,
        budget,
        stop,
    }
}

/// A line every 15 seconds, for ten minutes.
async fn stream() -> Body {
    let lines = unfold(0, async |number| {
        sleep(Duration::from_secs(15)).await;
        (number < 40).then_some((Ok::<_, Infallible>(LINE), number + 1))
    });
    Body::from_stream(lines)
}

/// How many seconds it takes until the server closes the connection.
async fn seconds_until_closed(serving: impl Future<Output = ()>) -> u64 {
    let began = Instant::now();
    serving.await;
    began.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_head_that_arrives_byte_by_byte_times_out() {
    let (mut client, serving) = connect();
    let drip = async {
        for byte in REQUEST.iter().cycle() {
            if client.write_all(&[*byte]).await.is_err() {
                return;
            }
            sleep(Duration::from_millis(400)).await;
        }
    };
    let (seconds, ()) = tokio::join!(seconds_until_closed(serving), drip);
    assert_eq!(seconds, 10);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_kept_for_longer_than_a_minute() {
    let (_client, serving) = connect();
    assert_eq!(seconds_until_closed(serving).await, 75);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_a_request_now_and_then_stays_connected() {
    let (mut client, serving) = connect();
    let sending = async {
        let mut response = vec![0; LENGTH];
        for _ in 0..5 {
            client.write_all(REQUEST).await.unwrap();
            client.read_exact(&mut response).await.unwrap();
            sleep(Duration::from_mins(1)).await;
        }
    };
    let (seconds, ()) = tokio::join!(seconds_until_closed(serving), sending);
    assert_eq!(seconds, 4 * 60 + 75);
}

#[tokio::test(start_paused = true)]
async fn a_request_in_flight_is_not_cut_off() {
    let (mut client, serving) = connect();
    let sending = async move {
        let request = b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        client.write_all(request).await.unwrap();
        let mut response = String::new();
        client.read_to_string(&mut response).await.unwrap();
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
        drop(client);
    };
    let (seconds, ()) = tokio::join!(seconds_until_closed(serving), sending);
    assert_eq!(seconds, 5 * 60);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_reads_its_response_times_out() {
    let (mut client, serving) = connect();
    client.write_all(REQUEST).await.unwrap();
    assert_eq!(seconds_until_closed(serving).await, 10);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_slowly_gets_its_whole_response() {
    let (mut client, serving) = connect();
    let reading = async {
        client.write_all(REQUEST).await.unwrap();
        let mut response = vec![0; 1000];
        for _ in 0..LENGTH / 1000 {
            sleep(Duration::from_secs(5)).await;
            client.read_exact(&mut response).await.unwrap();
        }
    };
    let (seconds, ()) = tokio::join!(seconds_until_closed(serving), reading);
    assert_eq!(seconds, 500 + 75);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_still_sends_after_its_response_can_read_it() {
    let (client, serving) = connect();
    let (mut reader, mut writer) = tokio::io::split(client);
    let head = b"GET /none HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n";
    writer.write_all(head).await.unwrap();
    let sending = async {
        while writer.write_all(&[b'x'; 700]).await.is_ok() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let reading = async {
        let mut response = String::new();
        reader.read_to_string(&mut response).await.unwrap();
        assert!(response.starts_with("HTTP/1.1 404"), "{response}");
    };
    let (seconds, (), ()) = tokio::join!(seconds_until_closed(serving), sending, reading);
    assert_eq!(seconds, 2);
}

#[tokio::test(start_paused = true)]
async fn an_idle_client_does_not_delay_a_stop() {
    let (client, server) = duplex(1024);
    let stop = CancellationToken::new();
    let serving = serve_plain(server, connection(Router::new(), stop.clone()));
    let stopping = async {
        sleep(Duration::from_secs(30)).await;
        stop.cancel();
    };
    let (seconds, ()) = tokio::join!(seconds_until_closed(serving), stopping);
    assert_eq!(seconds, 30);
    drop(client);
}

#[tokio::test(start_paused = true)]
async fn the_head_of_a_second_request_has_the_same_timeout_as_the_first() {
    let (mut client, serving) = connect();
    let sending = async {
        client.write_all(REQUEST).await.unwrap();
        client.read_exact(&mut vec![0; LENGTH]).await.unwrap();
        sleep(Duration::from_secs(30)).await;
        for byte in REQUEST.iter().cycle() {
            if client.write_all(&[*byte]).await.is_err() {
                return;
            }
            sleep(Duration::from_millis(400)).await;
        }
    };
    let (seconds, ()) = tokio::join!(seconds_until_closed(serving), sending);
    assert_eq!(seconds, 30 + 10);
}

/// Sends two requests and the beginning of a third at once, and reads the two responses.
async fn send_two_requests_and_a_part(client: &mut DuplexStream) {
    let (mut reader, mut writer) = tokio::io::split(client);
    let requests = [REQUEST, REQUEST, &REQUEST[..9]].concat();
    let responses = async {
        let mut responses = vec![0; 2 * LENGTH];
        reader.read_exact(&mut responses).await.unwrap();
        let text = String::from_utf8(responses).unwrap();
        assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 2);
    };
    let (sent, ()) = tokio::join!(writer.write_all(&requests), responses);
    sent.unwrap();
}

#[tokio::test(start_paused = true)]
async fn pipelined_requests_get_responses_and_a_part_of_one_has_the_idle_timeout() {
    let (mut client, serving) = connect();
    let sending = send_two_requests_and_a_part(&mut client);
    let (seconds, ()) = tokio::join!(seconds_until_closed(serving), sending);
    assert_eq!(seconds, 75);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_began_with_the_request_before_it_times_out_after_its_next_byte() {
    let (mut client, serving) = connect();
    let sending = async {
        send_two_requests_and_a_part(&mut client).await;
        sleep(Duration::from_secs(20)).await;
        for byte in &REQUEST[9..] {
            if client.write_all(&[*byte]).await.is_err() {
                return;
            }
            sleep(Duration::from_secs(1)).await;
        }
    };
    let (seconds, ()) = tokio::join!(seconds_until_closed(serving), sending);
    assert_eq!(seconds, 20 + 10);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_read_stays_open() {
    let (mut client, serving) = connect();
    let reading = async move {
        let request = b"GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        client.write_all(request).await.unwrap();
        let mut response = String::new();
        client.read_to_string(&mut response).await.unwrap();
        assert_eq!(response.matches(LINE).count(), 40);
    };
    let (seconds, ()) = tokio::join!(seconds_until_closed(serving), reading);
    assert_eq!(seconds, 41 * 15);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_not_read_times_out_once_its_buffer_is_full() {
    let (mut client, serving) = connect();
    let request = b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n";
    client.write_all(request).await.unwrap();
    let seconds = seconds_until_closed(serving).await;
    // 1024 bytes are about 17 lines with the ends of their chunks.
    assert!((10 * 15..20 * 15).contains(&seconds), "{seconds}");
    drop(client);
}

/// What the server sends until it closes the connection.
async fn responses_to(request: &str) -> String {
    let (mut client, serving) = connect();
    let exchange = async move {
        client.write_all(request.as_bytes()).await.unwrap();
        let mut responses = String::new();
        client.read_to_string(&mut responses).await.unwrap();
        responses.to_lowercase()
    };
    tokio::join!(serving, exchange).1
}

#[tokio::test(start_paused = true)]
async fn a_response_before_the_end_of_the_body_says_that_the_connection_closes() {
    for rest in [
        "Content-Length: 100\r\n\r\nsome",
        "Content-Length: 1000000000\r\n\r\nsome",
        "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n",
    ] {
        let response = responses_to(&format!("POST /none HTTP/1.1\r\nHost: x\r\n{rest}")).await;
        assert!(response.starts_with("http/1.1 404"), "{response}");
        assert!(response.contains("\r\nconnection: close\r\n"), "{response}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_arrives_keeps_the_connection_open_though_nobody_reads_it() {
    for body in [
        "Content-Length: 4\r\n\r\nsome",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n0\r\n\r\n",
    ] {
        let request = format!("POST /none HTTP/1.1\r\nHost: x\r\n{body}");
        let responses = responses_to(&request.repeat(3)).await;
        assert_eq!(responses.matches("http/1.1 404").count(), 3, "{responses}");
        assert!(!responses.contains("connection: close"), "{responses}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_without_exactly_one_host_is_refused() {
    for (head, status) in [
        ("GET /stream HTTP/1.1\r\n", 400),
        ("GET /stream HTTP/1.1\r\nHost: x\r\nHost: x\r\n", 400),
        ("GET /none HTTP/1.0\r\n", 404),
    ] {
        let response = responses_to(&format!("{head}\r\n")).await;
        let expected = format!(" {status} ");
        assert!(response.contains(&expected), "{head:?}: {response}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_very_long_method_is_refused_before_it_is_logged() {
    let method = "M".repeat(60_000);
    let response = responses_to(&format!("{method} /none HTTP/1.1\r\nHost: x\r\n\r\n")).await;
    assert!(response.starts_with("http/1.1 501"), "{response}");
    assert!(response.contains("\r\nconnection: close\r\n"), "{response}");
}
