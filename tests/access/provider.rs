//! The keys of a provider that publishes them: fetched, kept, and not to be had.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Deployment, Server, TokenSigner, eventually, tokens::claims};

use crate::published::{Away, Mood, Published};

const PATH: &str = "/analytics/inventory";

async fn status(server: &Server, token: &str) -> u16 {
    server.get(PATH, token).await.status
}

/// That it is neither taken nor called wrong, and may be sent again.
async fn is_undecided(server: &Server, token: &str) {
    let answer = server.get(PATH, token).await;
    answer.refused(503, "not-ready");
    assert_eq!(answer.header("retry-after"), Some("5"), "{answer:?}");
    assert_eq!(answer.header("www-authenticate"), None, "{answer:?}");
}

/// The same, and that it is told so in time.
async fn is_undecided_within(time: Duration, server: &Server, token: &str) {
    let asked = Instant::now();
    is_undecided(server, token).await;
    assert!(asked.elapsed() < time, "{:?}", asked.elapsed());
}

#[tokio::test]
async fn tokens_are_verified_with_the_published_keys_of_the_provider() {
    let site = Deployment::new().await;
    let signers = [TokenSigner::ed(), TokenSigner::ec(), TokenSigner::rsa()];
    let keys: Vec<_> = signers.iter().map(|key| key.jwk(key.algorithm())).collect();
    let provider = Published::with(&keys);
    let server = site.serve(&["--jwks-url", &provider.url]).await;
    for signer in &signers {
        let token = signer.token(Some(signer.algorithm()), &claims("anna"));
        eventually("the keys are there", async || {
            status(&server, &token).await == 200
        })
        .await;
        // The id of another key, and none where there are several.
        let other = if signer.algorithm() == "EdDSA" {
            "ES256"
        } else {
            "EdDSA"
        };
        for kid in [Some(other), None] {
            let token = signer.token(kid, &claims("anna"));
            server
                .get(PATH, &token)
                .await
                .refused(401, "unauthenticated");
        }
    }
    assert_eq!(status(&server, "").await, 401);
}

#[tokio::test]
async fn tokens_with_made_up_keys_do_not_flood_the_provider() {
    let site = Deployment::new().await;
    let signer = TokenSigner::ed();
    let provider = Published::with(&[signer.jwk("real")]);
    let server = site.serve(&["--jwks-url", &provider.url]).await;
    let good = signer.token(Some("real"), &claims("anna"));
    eventually("the keys are there", async || {
        status(&server, &good).await == 200
    })
    .await;
    for number in 0..50 {
        let token = signer.token(Some(&format!("made-up-{number}")), &claims("anna"));
        assert_eq!(status(&server, &token).await, 401);
    }
    assert_eq!(provider.asked(), 1);
}

#[tokio::test]
async fn the_last_known_keys_stay_valid_while_the_provider_is_down() {
    let site = Deployment::new().await;
    let signer = TokenSigner::ec();
    let provider = Published::with(&[signer.jwk("k")]);
    let server = site.serve(&["--jwks-url", &provider.url]).await;
    let token = signer.token(Some("k"), &claims("anna"));
    eventually("the keys are there", async || {
        status(&server, &token).await == 200
    })
    .await;
    drop(provider);
    assert_eq!(status(&server, &token).await, 200);
}

#[tokio::test]
async fn before_the_first_fetch_no_token_is_called_invalid() {
    let site = Deployment::new().await;
    let signer = TokenSigner::ed();
    let provider = Away::new();
    let server = site.serve(&["--jwks-url", &provider.url]).await;
    let key = site.key("window", "read").await;
    let [good, made_up] = ["k", "made up"].map(|kid| signer.token(Some(kid), &claims("anna")));
    for token in [&good, &made_up] {
        is_undecided(&server, token).await;
    }
    let nonsense = server.get(PATH, "nonsense").await;
    nonsense.refused(401, "unauthenticated");
    eventually("keys need no provider", async || {
        status(&server, &key).await == 200
    })
    .await;
    let provider = provider.comes(Mood::Fails);
    eventually("it is asked", async || provider.asked() > 0).await;
    is_undecided(&server, &good).await;
    provider.change(Mood::keys(&[signer.jwk("k")]));
    eventually("the keys are there", async || {
        status(&server, &good).await == 200
    })
    .await;
    let unknown = server.get(PATH, &made_up).await;
    unknown.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_hostile_provider_is_limited_in_time_and_size() {
    let site = Deployment::new().await;
    let signer = TokenSigner::ed();
    let token = signer.token(Some("k"), &claims("anna"));
    let key = signer.jwk("k").to_string();
    let long = format!(
        "{{\"pad\": \"{}\", \"keys\": [{key}]}}",
        "x".repeat(300_000)
    );
    for (mood, told) in [
        (Mood::Says(long), "the response exceeds"),
        (Mood::Says("<html>".to_owned()), "no usable key"),
        (Mood::Says("{\"keys\": []}".to_owned()), "no usable key"),
        (Mood::Silent, "cannot be reached"),
    ] {
        let provider = Published::in_mood(mood);
        let server = site.serve(&["--jwks-url", &provider.url]).await;
        is_undecided_within(Duration::from_secs(15), &server, &token).await;
        server.get("/livez", "").await.is(200);
        eventually(told, async || server.logged().contains(told)).await;
    }
}

#[tokio::test]
async fn nobody_waits_for_a_provider_whose_fetch_failed() {
    let site = Deployment::new().await;
    let provider = Published::in_mood(Mood::Silent);
    let server = site.serve(&["--jwks-url", &provider.url]).await;
    let token = TokenSigner::ed().token(Some("k"), &claims("anna"));
    is_undecided(&server, &token).await;
    eventually("it is asked again", async || provider.asked() > 1).await;
    is_undecided_within(Duration::from_secs(2), &server, &token).await;
}
