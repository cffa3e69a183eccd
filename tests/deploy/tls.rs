//! HTTPS, and renewal of the certificate.

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

const LIMIT: Duration = Duration::from_secs(30);

/// Starts a server with these certificate files on a new database.
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
async fn https_is_served_with_strict_transport_security() {
    let certificate = Certificate::new();
    let files = CertificateFiles::of(&certificate);
    let (server, _database) = serve(&files).await;
    assert!(server.address().starts_with("https://127.0.0.1:"));
    let request = certificate.client(&[]).get(ready(&server));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let hsts = &response.headers()["strict-transport-security"];
    assert_eq!(hsts, "max-age=31536000");
    let distrusting = Certificate::new().client(&[]);
    distrusting.get(ready(&server)).send().await.unwrap_err();
}

#[tokio::test]
async fn plain_http_gets_400_that_mentions_https() {
    let certificate = Certificate::new();
    let files = CertificateFiles::of(&certificate);
    let (server, _database) = serve(&files).await;
    let address = server.address().strip_prefix("https://").unwrap();
    let mut plain = TcpStream::connect(address).await.unwrap();
    let asked = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    plain.write_all(asked).await.unwrap();
    let mut response = String::new();
    plain.read_to_string(&mut response).await.unwrap();
    assert!(
        response.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{response}"
    );
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let length = format!("Content-Length: {}", body.len());
    assert!(head.contains(&length), "{response}");
    assert!(body.contains("HTTPS"), "{response}");
}

#[tokio::test]
async fn a_renewed_certificate_is_used_and_no_request_fails() {
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
        assert!(
            begun.elapsed() < LIMIT,
            "the renewed certificate is not used"
        );
        for answer in join_all((0..4).map(|_| both.get(ready(&server)).send())).await {
            assert_eq!(answer.expect("no request fails").status(), 200);
            asked += 1;
        }
    }
    assert!(asked > 0);
    let only_old = old.client(&[]);
    only_old.get(ready(&server)).send().await.unwrap_err();
}

#[tokio::test]
async fn a_connection_survives_renewal_of_the_certificate() {
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
        assert!(
            begun.elapsed() < LIMIT,
            "the renewed certificate is not used"
        );
    }
    // A new connection would fail: this client does not trust the renewed certificate.
    assert_eq!(ask().await, 200);
}

/// Like a file on a network file system that is gone: reading it blocks and can't be cancelled.
#[tokio::test]
async fn a_certificate_file_that_blocks_does_not_block_shutdown() {
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
    let _silent_writer = loop {
        // Opening it for writing succeeds once the server reads it.
        if let Ok(writer) = pipe::OpenOptions::new().open_sender(&path) {
            break writer;
        }
        assert!(begun.elapsed() < LIMIT, "the file is not read");
        tokio::task::yield_now().await;
    };
    server.terminate();
    let ended = timeout(Duration::from_secs(15), server.ended()).await;
    assert_eq!(ended.expect("it stops in time").code(), Some(0));
}

#[tokio::test]
async fn tls_1_2_and_tls_1_3_are_accepted() {
    let certificate = Certificate::new();
    let files = CertificateFiles::of(&certificate);
    let (server, _database) = serve(&files).await;
    for version in [Version::TLS_1_2, Version::TLS_1_3] {
        let client = certificate.builder(&[]);
        let client = client.tls_version_min(version).tls_version_max(version);
        let asked = client.build().unwrap().get(ready(&server)).send().await;
        assert_eq!(asked.unwrap().status(), 200, "{version:?}");
    }
}
