//! TLS, where there is a certificate.

use std::fs;
use std::time::{Duration, Instant};

use fairhold_test_kit::{
    Fairhold, TestDatabase,
    certificate::{Certificate, CertificateFiles},
};
use futures_util::future::join_all;
use reqwest::tls::Version;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::unix::pipe;
use tokio::process::Command;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);

/// A server that shows `files`, on a database of its own.
async fn serve(files: &CertificateFiles) -> (Fairhold, TestDatabase) {
    let database = TestDatabase::create().await;
    let flags = files.flags();
    let flags: Vec<_> = flags.iter().map(String::as_str).collect();
    (Fairhold::start(&database.url(), &flags).await, database)
}

fn ready(server: &Fairhold) -> String {
    format!("{}/readyz", server.address())
}

#[tokio::test]
async fn https_is_served_by_tls_of_our_time_and_to_be_kept_to() {
    let paper = Certificate::new();
    let files = CertificateFiles::of(&paper);
    let (server, _database) = serve(&files).await;
    assert!(server.address().starts_with("https://127.0.0.1:"));
    let asked = paper.client(&[]).get(ready(&server)).send().await;
    let answer = asked.unwrap();
    assert_eq!(answer.status(), 200);
    let kept = &answer.headers()["strict-transport-security"];
    assert_eq!(kept, "max-age=31536000");
    let stranger = Certificate::new().client(&[]);
    stranger.get(ready(&server)).send().await.unwrap_err();
}

#[tokio::test]
async fn plain_http_is_told_to_speak_https() {
    let paper = Certificate::new();
    let files = CertificateFiles::of(&paper);
    let (server, _database) = serve(&files).await;
    let address = server.address().strip_prefix("https://").unwrap();
    let mut plain = TcpStream::connect(address).await.unwrap();
    let asked = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    plain.write_all(asked).await.unwrap();
    let mut said = String::new();
    plain.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{said}");
    let (head, body) = said.split_once("\r\n\r\n").unwrap();
    let length = format!("Content-Length: {}", body.len());
    assert!(head.contains(&length), "{said}");
    assert!(body.contains("HTTPS"), "{said}");
}

#[tokio::test]
async fn a_new_certificate_is_shown_and_no_request_is_lost() {
    let (old, new) = (Certificate::new(), Certificate::new());
    let files = CertificateFiles::of(&old);
    let (server, _database) = serve(&files).await;
    let only_new = new.client(&[]);
    only_new.get(ready(&server)).send().await.unwrap_err();
    files.replace_by(&new);

    let both = new.client(&[&old]);
    let begun = Instant::now();
    let mut asked = 0;
    while only_new.get(ready(&server)).send().await.is_err() {
        assert!(begun.elapsed() < PATIENCE, "the new one is not shown");
        for answer in join_all((0..4).map(|_| both.get(ready(&server)).send())).await {
            assert_eq!(answer.expect("no request is lost").status(), 200);
            asked += 1;
        }
    }
    assert!(asked > 0);
    let only_old = old.client(&[]);
    only_old.get(ready(&server)).send().await.unwrap_err();
}

#[tokio::test]
async fn a_connection_outlives_the_certificate_that_it_began_with() {
    let (old, new) = (Certificate::new(), Certificate::new());
    let files = CertificateFiles::of(&old);
    let (server, _database) = serve(&files).await;
    let keeps = old.builder(&[]).build().unwrap();
    let ask = async || keeps.get(ready(&server)).send().await.unwrap().status();
    assert_eq!(ask().await, 200);
    files.replace_by(&new);
    let only_new = new.client(&[]);
    let begun = Instant::now();
    while only_new.get(ready(&server)).send().await.is_err() {
        assert!(begun.elapsed() < PATIENCE, "the new one is not shown");
    }
    // By a new connection it would fail: this client does not know the new certificate.
    assert_eq!(ask().await, 200);
}

/// As on a network's file system that has gone: whoever reads waits, and can't be called back.
#[tokio::test]
async fn a_certificate_that_can_not_be_read_to_its_end_keeps_no_process() {
    let files = CertificateFiles::of(&Certificate::new());
    let database = TestDatabase::create().await;
    let flags = files.flags();
    let quick = "--request-timeout-ms=1000".to_owned();
    let flags: Vec<_> = flags.iter().chain([&quick]).map(String::as_str).collect();
    let mut server = Fairhold::start(&database.url(), &flags).await;
    let path = files.path("certificate");
    fs::remove_file(&path).unwrap();
    let made = Command::new("mkfifo").arg(&path).status().await.unwrap();
    assert!(made.success());
    let begun = Instant::now();
    let _says_nothing = loop {
        // It can only be opened once it is read.
        if let Ok(writer) = pipe::OpenOptions::new().open_sender(&path) {
            break writer;
        }
        assert!(begun.elapsed() < PATIENCE, "nobody reads it");
        tokio::task::yield_now().await;
    };
    server.terminate();
    let ended = timeout(Duration::from_secs(15), server.ended()).await;
    assert_eq!(ended.expect("it ends in time").code(), Some(0));
}

#[tokio::test]
async fn the_version_of_tls_before_the_latest_is_spoken_too() {
    let paper = Certificate::new();
    let files = CertificateFiles::of(&paper);
    let (server, _database) = serve(&files).await;
    for version in [Version::TLS_1_2, Version::TLS_1_3] {
        let client = paper.builder(&[]);
        let client = client.tls_version_min(version).tls_version_max(version);
        let asked = client.build().unwrap().get(ready(&server)).send().await;
        assert_eq!(asked.unwrap().status(), 200, "{version:?}");
    }
}
