//! How long clients are waited for, on a clock that a test moves.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use futures_util::stream::unfold;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{Peer, converse};

const REQUEST: &[u8] = b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n";
const LENGTH: usize = 100_000;
const LINE: &str = "a line that is long enough to fill a buffer some day";

/// A client and the server's side of the conversation with it.
fn connect() -> (DuplexStream, impl Future<Output = ()>) {
    let slow = async || sleep(Duration::from_mins(5)).await;
    let router = Router::new()
        .route("/long", get("x".repeat(LENGTH)))
        .route("/slow", get(slow))
        .route("/stream", get(stream));
    let (client, server) = duplex(1024);
    let stop = CancellationToken::new();
    (client, converse(server, peer(), router, stop))
}

fn peer() -> Peer {
    Peer(([127, 0, 0, 1], 1).into())
}

/// A line every 15 seconds, for ten minutes.
async fn stream() -> Body {
    let lines = unfold(0, async |number| {
        sleep(Duration::from_secs(15)).await;
        (number < 40).then_some((Ok::<_, Infallible>(LINE), number + 1))
    });
    Body::from_stream(lines)
}

/// How many seconds it takes until the server ends the conversation.
async fn seconds_until_the_end(conversation: impl Future<Output = ()>) -> u64 {
    let began = Instant::now();
    conversation.await;
    began.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_head_that_comes_byte_by_byte_is_not_waited_for() {
    let (mut client, conversation) = connect();
    let drip = async {
        for byte in REQUEST.iter().cycle() {
            if client.write_all(&[*byte]).await.is_err() {
                return;
            }
            sleep(Duration::from_millis(400)).await;
        }
    };
    let (seconds, ()) = tokio::join!(seconds_until_the_end(conversation), drip);
    assert_eq!(seconds, 10);
}

#[tokio::test(start_paused = true)]
async fn an_idle_client_is_kept_for_longer_than_a_minute() {
    let (_client, conversation) = connect();
    assert_eq!(seconds_until_the_end(conversation).await, 75);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_asks_now_and_then_is_kept() {
    let (mut client, conversation) = connect();
    let asking = async {
        let mut answer = vec![0; LENGTH];
        for _ in 0..5 {
            client.write_all(REQUEST).await.unwrap();
            client.read_exact(&mut answer).await.unwrap();
            sleep(Duration::from_mins(1)).await;
        }
    };
    let (seconds, ()) = tokio::join!(seconds_until_the_end(conversation), asking);
    assert_eq!(seconds, 4 * 60 + 75);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_worked_on_is_not_cut_off() {
    let (mut client, conversation) = connect();
    let asking = async move {
        let request = b"GET /slow HTTP/1.1\r\nConnection: close\r\n\r\n";
        client.write_all(request).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        drop(client);
    };
    let (seconds, ()) = tokio::join!(seconds_until_the_end(conversation), asking);
    assert_eq!(seconds, 5 * 60);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_reads_its_answer_is_not_waited_for() {
    let (mut client, conversation) = connect();
    client.write_all(REQUEST).await.unwrap();
    assert_eq!(seconds_until_the_end(conversation).await, 10);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_slowly_gets_its_whole_answer() {
    let (mut client, conversation) = connect();
    let reading = async {
        client.write_all(REQUEST).await.unwrap();
        let mut answer = vec![0; 1000];
        for _ in 0..LENGTH / 1000 {
            sleep(Duration::from_secs(5)).await;
            client.read_exact(&mut answer).await.unwrap();
        }
    };
    let (seconds, ()) = tokio::join!(seconds_until_the_end(conversation), reading);
    assert_eq!(seconds, 500 + 75);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_on_after_its_answer_can_read_it_first() {
    let (client, conversation) = connect();
    let (mut reader, mut writer) = tokio::io::split(client);
    let head = b"GET /none HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n";
    writer.write_all(head).await.unwrap();
    let sending = async {
        while writer.write_all(&[b'x'; 700]).await.is_ok() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let reading = async {
        let mut answer = String::new();
        reader.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    };
    let (seconds, (), ()) = tokio::join!(seconds_until_the_end(conversation), sending, reading);
    assert_eq!(seconds, 2);
}

#[tokio::test(start_paused = true)]
async fn an_idle_client_does_not_delay_a_stop() {
    let (client, server) = duplex(1024);
    let stop = CancellationToken::new();
    let conversation = converse(server, peer(), Router::new(), stop.clone());
    let stopping = async {
        sleep(Duration::from_secs(30)).await;
        stop.cancel();
    };
    let (seconds, ()) = tokio::join!(seconds_until_the_end(conversation), stopping);
    assert_eq!(seconds, 30);
    drop(client);
}

#[tokio::test(start_paused = true)]
async fn the_head_of_a_second_request_is_given_as_long_as_that_of_the_first() {
    let (mut client, conversation) = connect();
    let asking = async {
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
    let (seconds, ()) = tokio::join!(seconds_until_the_end(conversation), asking);
    assert_eq!(seconds, 30 + 10);
}

/// Sends two requests and the beginning of a third at once, and reads the two answers.
async fn ask_twice_and_begin_a_third(client: &mut DuplexStream) {
    let (mut reader, mut writer) = tokio::io::split(client);
    let requests = [REQUEST, REQUEST, &REQUEST[..9]].concat();
    let answers = async {
        let mut answers = vec![0; 2 * LENGTH];
        reader.read_exact(&mut answers).await.unwrap();
        let text = String::from_utf8(answers).unwrap();
        assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 2);
    };
    let (sent, ()) = tokio::join!(writer.write_all(&requests), answers);
    sent.unwrap();
}

#[tokio::test(start_paused = true)]
async fn requests_that_come_at_once_are_answered_and_a_begun_one_is_kept_as_an_idle_client_is() {
    let (mut client, conversation) = connect();
    let asking = ask_twice_and_begin_a_third(&mut client);
    let (seconds, ()) = tokio::join!(seconds_until_the_end(conversation), asking);
    assert_eq!(seconds, 75);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_began_with_the_request_before_it_is_hurried_from_its_next_byte_on() {
    let (mut client, conversation) = connect();
    let asking = async {
        ask_twice_and_begin_a_third(&mut client).await;
        sleep(Duration::from_secs(20)).await;
        for byte in &REQUEST[9..] {
            if client.write_all(&[*byte]).await.is_err() {
                return;
            }
            sleep(Duration::from_secs(1)).await;
        }
    };
    let (seconds, ()) = tokio::join!(seconds_until_the_end(conversation), asking);
    assert_eq!(seconds, 20 + 10);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_read_lasts() {
    let (mut client, conversation) = connect();
    let reading = async move {
        let request = b"GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        client.write_all(request).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer.matches(LINE).count(), 40);
    };
    let (seconds, ()) = tokio::join!(seconds_until_the_end(conversation), reading);
    assert_eq!(seconds, 41 * 15);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_not_read_ends_soon_after_its_buffer_is_full() {
    let (mut client, conversation) = connect();
    let request = b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n";
    client.write_all(request).await.unwrap();
    let seconds = seconds_until_the_end(conversation).await;
    // 1024 bytes are about 17 lines with the ends of their chunks.
    assert!((10 * 15..20 * 15).contains(&seconds), "{seconds}");
    drop(client);
}
