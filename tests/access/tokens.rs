//! Tokens of the identity provider: which are taken, and which are not.

use fairhold_test_kit::{
    Deployment, Server, TokenSigner,
    tokens::{base64, claims, now},
};
use serde_json::{Value, json};

const PATH: &str = "/analytics/inventory";

async fn assert_refused(server: &Server, token: &str, why: &str) {
    let answer = server.get(PATH, token).await;
    answer.refused(401, "unauthenticated");
    let challenge = answer.header("www-authenticate").unwrap();
    let invalid = challenge.starts_with("Bearer ") && challenge.contains("error=\"invalid_token\"");
    assert!(invalid && challenge.contains(why), "{why}: {challenge}");
}

#[tokio::test]
async fn a_token_of_each_algorithm_is_accepted_only_with_its_own_key() {
    let site = Deployment::new().await;
    let signers = [TokenSigner::ed(), TokenSigner::ec(), TokenSigner::rsa()];
    for signer in &signers {
        let server = site.serve(&["--jwt-public-key", &signer.pem()]).await;
        for other in &signers {
            let token = other.token(Some("any"), &claims("anna"));
            let status = server.get(PATH, &token).await.status;
            let own = other.algorithm() == signer.algorithm();
            assert_eq!(status, if own { 200 } else { 401 }, "{}", other.algorithm());
        }
        let stranger = TokenSigner::ed().token(None, &claims("anna"));
        assert_eq!(server.get(PATH, &stranger).await.status, 401);
    }
}

#[tokio::test]
async fn a_key_can_be_read_from_a_file() {
    let site = Deployment::new().await;
    let signer = TokenSigner::ec();
    let file = std::env::temp_dir().join(format!("fairhold-key-{}.pem", std::process::id()));
    std::fs::write(&file, signer.pem()).unwrap();
    let server = site
        .serve(&["--jwt-public-key", file.to_str().unwrap()])
        .await;
    std::fs::remove_file(file).unwrap();
    let token = signer.token(None, &claims("anna"));
    server.get(PATH, &token).await.is(200);
    server.get(PATH, "").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn the_times_of_a_token_count_within_30_seconds() {
    let site = Deployment::new().await;
    let signer = TokenSigner::ed();
    let server = site.serve(&["--jwt-public-key", &signer.pem()]).await;
    let token = |claims: Value| signer.token(None, &claims);
    for good in [
        json!({"sub": "a", "exp": now() + 60}),
        json!({"sub": "a", "exp": now() - 5}),
        json!({"sub": "a", "exp": now() + 60, "nbf": now() + 15}),
        json!({"sub": "a", "exp": now() + 60, "aud": "anybody", "iss": "anybody"}),
    ] {
        server.get(PATH, &token(good)).await.is(200);
    }
    for (bad, why) in [
        (json!({"sub": "a", "exp": now() - 60}), "expired"),
        (
            json!({"sub": "a", "exp": now() + 600, "nbf": now() + 300}),
            "not valid yet",
        ),
        (json!({"sub": "a"}), "lacks a required claim"),
        (
            json!({"sub": "a", "exp": "tomorrow"}),
            "lacks a required claim",
        ),
        (json!({"exp": now() + 60}), "cannot be read"),
        (json!({"sub": 7, "exp": now() + 60}), "cannot be read"),
        (json!({"sub": "", "exp": now() + 60}), "sub"),
        (json!({"sub": "a\nb", "exp": now() + 60}), "sub"),
        (json!({"sub": "x".repeat(129), "exp": now() + 60}), "sub"),
    ] {
        assert_refused(&server, &token(bad), why).await;
    }
}

#[tokio::test]
async fn issuer_and_audience_count_where_they_are_set() {
    let site = Deployment::new().await;
    let signer = TokenSigner::ed();
    let pem = signer.pem();
    let server = site
        .serve(&[
            "--jwt-public-key",
            &pem,
            "--jwt-issuer=id",
            "--jwt-audience=shop",
        ])
        .await;
    let exp = now() + 60;
    let token = |claims: Value| signer.token(None, &claims);
    for good in [json!("shop"), json!(["other", "shop"])] {
        let good = json!({"sub": "a", "exp": exp, "iss": "id", "aud": good});
        server.get(PATH, &token(good)).await.is(200);
    }
    for (bad, why) in [
        (
            json!({"sub": "a", "exp": exp, "iss": "di", "aud": "shop"}),
            "issuer",
        ),
        (
            json!({"sub": "a", "exp": exp, "iss": "id", "aud": "blog"}),
            "audience",
        ),
        (
            json!({"sub": "a", "exp": exp, "iss": "id"}),
            "lacks a required claim",
        ),
        (
            json!({"sub": "a", "exp": exp, "aud": "shop"}),
            "lacks a required claim",
        ),
    ] {
        assert_refused(&server, &token(bad), why).await;
    }
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let site = Deployment::new().await;
    let signer = TokenSigner::rsa();
    let pem = signer.pem();
    let server = site.serve(&["--jwt-public-key", &pem]).await;
    let good = signer.token(None, &claims("anna"));
    server.get(PATH, &good).await.is(200);
    let parts: Vec<_> = good.split('.').collect();
    let head = |alg: &str| base64(json!({"alg": alg, "typ": "JWT"}).to_string());
    let body = base64(claims("anna").to_string());
    let unsigned = format!("{}.{body}.", head("none"));
    let message = format!("{}.{body}", head("HS256"));
    // The oldest trick: the public key, which everybody has, as the secret of HMAC.
    let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, pem.as_bytes());
    let by_hmac = ring::hmac::sign(&secret, message.as_bytes());
    let by_hmac = format!("{message}.{}", base64(by_hmac));
    let changed = base64(claims("ben").to_string());
    let changed = format!("{}.{changed}.{}", parts[0], parts[2]);
    let critical = json!({"alg": "RS256", "crit": ["exp"], "exp": 1});
    for (forged, why) in [
        (unsigned.as_str(), "not a JWT"),
        (&by_hmac, "algorithm"),
        (&changed, "signature"),
        (&format!("{}.{}.", parts[0], parts[1]), "signature"),
        (
            &signer.token_headed(&critical, &claims("anna")),
            "critical header",
        ),
        (
            &signer.token_headed(&json!({"alg": "RS512"}), &claims("anna")),
            "algorithm",
        ),
        ("a.b.c", "not a JWT"),
        ("x", "not a JWT"),
        (&"x".repeat(9000), "cannot be read"),
    ] {
        assert_refused(&server, forged, why).await;
    }
}

#[tokio::test]
async fn invalid_settings_are_reported_by_name() {
    let site = Deployment::new().await;
    let pem = TokenSigner::ed().pem();
    for (flags, named) in [
        (
            &["--jwks-url=http://id.example/keys"][..],
            "FAIRHOLD_JWKS_URL",
        ),
        (&["--jwks-url=x"], "FAIRHOLD_JWKS_URL"),
        (
            &["--jwt-public-key=/nonexistent.pem"],
            "FAIRHOLD_JWT_PUBLIC_KEY",
        ),
        (
            &["--jwt-public-key=-----BEGIN X-----"],
            "FAIRHOLD_JWT_PUBLIC_KEY",
        ),
        (&["--jwt-issuer=id"], "FAIRHOLD_JWT_ISSUER"),
        (&["--jwt-audience=shop"], "FAIRHOLD_JWT_AUDIENCE"),
        (
            &["--jwks-url=https://id.example", "--jwt-public-key", &pem],
            "FAIRHOLD_JWKS_URL",
        ),
    ] {
        let flags = [&["serve", "--listen=127.0.0.1:0"], flags].concat();
        let ended = site.run(&flags).await;
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains(named), "{named}: {ended:?}");
    }
    let ended = site
        .run(&["serve", "--listen=0.0.0.0:0", "--jwt-issuer="])
        .await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
}
