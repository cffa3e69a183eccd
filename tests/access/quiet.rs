//! No key and no token is ever told: not in a log, not in an answer.

use std::fmt::Write;

use fairhold_test_kit::{Deployment, TokenSigner, eventually, server::client, tokens::claims};

use crate::published::Published;

#[tokio::test]
async fn a_log_of_everything_has_no_key_and_no_token() {
    let site = Deployment::new().await;
    let signer = TokenSigner::ed();
    let provider = Published::with(&[signer.jwk("k")]);
    let made = site
        .run(&[
            "keys",
            "create",
            "--name=shop",
            "--scope=admin",
            "--log=trace",
        ])
        .await;
    let key = made.out.trim_end().to_owned();
    let secret = &key[3..];
    assert!(!made.err.contains(secret), "{}", made.err);
    let server = site
        .serve(&["--log=trace", "--jwks-url", &provider.url])
        .await;
    let token = signer.token(Some("k"), &claims("anna"));
    eventually("the keys are there", async || {
        server.get("/reservations", &token).await.status == 200
    })
    .await;
    server.stock("GIG", 1, &key).await;
    let url = format!("http://127.0.0.1:{}/inventory/reserve", server.port);
    let body = serde_json::json!({"sku": "GIG", "user_id": "anna"});
    let once = "once-and-for-all-4711";
    let held = client().post(url).bearer_auth(&token).json(&body);
    let held = held.header("Idempotency-Key", once).send().await.unwrap();
    assert_eq!(held.status(), 201);
    let unknown = format!("fh_{}", "Q".repeat(43));
    let expired = signer.token(Some("k"), &serde_json::json!({"sub": "zoe", "exp": 1}));
    let mut answers = String::new();
    for bearer in [&key, &token, &unknown, &expired] {
        for path in ["/inventory/GIG/ledger", "/nothing", "/users/ben/behavior"] {
            let answer = server.get(path, bearer).await;
            write!(answers, "{answer:?}").unwrap();
        }
    }
    let logged = server.logged();
    assert!(logged.contains("/inventory/{sku}/ledger"), "the log is on");
    assert!(logged.contains("TRACE"), "all of it");
    for (what, told) in [("the log", &logged), ("an answer", &answers)] {
        for secret in [secret, &token, &unknown, &expired, once] {
            assert!(!told.contains(secret), "{what} has {secret}");
            // The part that makes it a secret, alone.
            let core = secret.rsplit('.').next().unwrap();
            assert!(!told.contains(core), "{what} has {core}");
        }
    }
}
