//! A stream lasts no longer than what its reader was let in by.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Deployment, EventStream, Server, TokenSigner, tokens::now};
use serde_json::json;

/// The claim is a second; the rest is for a machine that does something else.
const SOON: Duration = Duration::from_secs(2);

async fn watch(server: &Server, bearer: &str) -> EventStream {
    let address = format!("http://127.0.0.1:{}", server.port);
    let said = format!("Bearer {bearer}");
    let headers = [("authorization", said.as_str())];
    let headers = if bearer.is_empty() { &[][..] } else { &headers };
    EventStream::open_with(&address, "/live/inventory", headers).await
}

/// That it ends, and soon.
async fn assert_ends(stream: &mut EventStream) {
    let began = Instant::now();
    stream.end_without_event().await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_stream_ends_within_a_second_of_the_revocation_of_its_key() {
    let site = Deployment::new().await;
    let lost = site.key("lost", "read").await;
    let kept = site.key("kept", "admin").await;
    let servers = [site.serve(&[]).await, site.serve(&[]).await];
    let mut ending = [
        watch(&servers[0], &lost).await,
        watch(&servers[1], &lost).await,
    ];
    let mut going_on = watch(&servers[1], &kept).await;
    site.revoke("lost").await;
    for stream in &mut ending {
        assert_ends(stream).await;
    }
    servers[0].stock("A", 1, &kept).await;
    assert_eq!(going_on.event().await.text("sku"), "A");
}

#[tokio::test]
async fn streams_opened_without_a_credential_end_with_the_first_key() {
    let site = Deployment::new().await;
    let server = site.serve(&[]).await;
    let mut stream = watch(&server, "").await;
    site.key("first", "read").await;
    assert_ends(&mut stream).await;
}

#[tokio::test]
async fn a_stream_ends_when_its_token_expires() {
    let site = Deployment::new().await;
    let signer = TokenSigner::ed();
    let server = site.serve(&["--jwt-public-key", &signer.pem()]).await;
    // Clocks may differ by 30 seconds.
    let ends_soon = signer.token(None, &json!({"sub": "anna", "exp": now() - 27}));
    let good = signer.token(None, &json!({"sub": "anna", "exp": now() + 300}));
    let mut going_on = watch(&server, &good).await;
    let began = Instant::now();
    let mut ending = watch(&server, &ends_soon).await;
    ending.end_without_event().await;
    let took = began.elapsed();
    assert!(
        (Duration::from_secs(1)..Duration::from_secs(5)).contains(&took),
        "{took:?}"
    );
    let shop = site.key("shop", "admin").await;
    fairhold_test_kit::eventually("the key is known", async || {
        server.get("/metrics", &shop).await.status == 200
    })
    .await;
    server.stock("A", 1, &shop).await;
    assert_eq!(going_on.event().await.text("sku"), "A");
}
