//! A model that is slow, broken or hostile: the rules speak.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::server::{Manner, ModelServer, completion};
use super::{assert_model_says, assert_rules_speak};
use crate::service::Service;

#[tokio::test]
async fn whatever_the_server_answers_wrongly_the_rules_speak() {
    let server = ModelServer::saying("").await;
    let elsewhere = ModelServer::saying("Come here.").await;
    let service = server.serve(&["--ai-calls-per-minute=100"]).await;
    let no_text = r#"{"choices": [{"message": {"content": null, "refusal": "No."}}]}"#;
    let wrong = [
        Manner::Status(201),
        Manner::Status(401),
        Manner::Status(429),
        Manner::Status(500),
        Manner::Body(String::new()),
        Manner::Body("<html>".to_owned()),
        Manner::Body("{}".to_owned()),
        Manner::Body(r#"{"choices": []}"#.to_owned()),
        Manner::Body(r#"{"choices": [{"message": {"content": 7}}]}"#.to_owned()),
        Manner::Body(no_text.to_owned()),
        Manner::Body("[".repeat(60_000)),
        Manner::Body(completion(&"Long. ".repeat(11_000))),
        Manner::Redirects(format!("{}/v1/chat/completions", elsewhere.site)),
        Manner::Redirects(format!("{}/other", server.site)),
        Manner::Endless,
        Manner::Says(" \u{200b}\n".to_owned()),
    ];
    for (nth, manner) in wrong.into_iter().enumerate() {
        let shown = format!("{manner:.80?}");
        server.behave(manner);
        let told = service.told_anew(&format!("wrong-{nth}")).await;
        assert_eq!(server.calls().len(), 2 * nth + 1, "{shown}: it was asked");
        assert_eq!(told["source"], "rules", "{shown}: {told}");
        assert_rules_speak(&told);
        // A success between two failures, so that they are not in a row.
        server.say("Well again.");
        let told = service.told_anew(&format!("right-{nth}")).await;
        assert_model_says(&told, "Well again.");
    }
    assert_eq!(elsewhere.calls().len(), 0);
    service.finish().await;
}

#[tokio::test]
async fn a_server_that_is_slow_is_not_waited_for() {
    let server = ModelServer::start(Manner::Silent).await;
    let service = server.serve(&["--request-timeout-ms=1000"]).await;
    for (sku, manner) in [("silent", Manner::Silent), ("drips", Manner::Drips)] {
        server.behave(manner);
        service.stock(sku, 10).await;
        let begun = Instant::now();
        assert_rules_speak(&service.told(sku).await);
        let took = begun.elapsed();
        assert!(took >= Duration::from_secs(1), "{sku}: {took:?}");
        assert!(took < Duration::from_secs(10), "{sku}: {took:?}");
    }
    assert_eq!(server.calls().len(), 2);
    service.finish().await;
}

/// Answers each connection with these bytes and closes it.
async fn raw(reply: Vec<u8>) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 16 * 1024];
            let _ = stream.read(&mut asked).await;
            // Who hangs up meanwhile has had enough.
            let _ = stream.write_all(&reply).await;
        }
    });
    (address, serving)
}

#[tokio::test]
async fn whatever_is_no_http_is_survived() {
    let service = Service::start().await;
    service.stock("A", 10).await;
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    let short = format!("{head}Content-Length: 1000\r\n\r\n{}", completion("Cut."));
    let endless = format!("{head}X: {}", "x".repeat(2_000_000));
    let packed = format!("{head}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\u{1f}x");
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n");
    let replies = ["", "garbage\r\n\r\n", &short, &endless, &packed, &chunked];
    for reply in replies {
        let (address, _serving) = raw(reply.as_bytes().to_vec()).await;
        for scheme in ["http", "https"] {
            let base_url = format!("--ai-base-url={scheme}://{address}/v1");
            let asking = [base_url.as_str(), "--ai-model=test-model"];
            let asking = service.another_with(&asking).await;
            assert_rules_speak(&asking.told("A").await);
            asking.finish().await;
        }
    }
    service.finish().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_not_waited_for() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let base_url = format!("--ai-base-url=http://{nobody}/v1");
    let service = Service::with(&[&base_url, "--ai-model=test-model"]).await;
    assert_rules_speak(&service.told_anew("A").await);
    service.finish().await;
}

#[tokio::test]
async fn what_a_model_writes_is_shown_plain_and_short() {
    let script = "<script>alert(1)</script>";
    let server = ModelServer::saying(&format!("{script}\u{1b}[2J\u{202e}\r\nNow \u{0}stop.")).await;
    let service = server.serve(&[]).await;
    // The answer is JSON, and what shows it must show it as text.
    let told = service.told_anew("A").await;
    assert_model_says(&told, &format!("{script}[2J Now stop."));
    server.say(&"Buy more. ".repeat(500));
    let told = service.told_anew("B").await;
    let summary = told["summary"].as_str().unwrap();
    assert!(summary.ends_with("Buy more."), "{summary}");
    assert!((900..=1000).contains(&summary.chars().count()), "{summary}");
    service.finish().await;
}
