//! Which keys are charged: users, API keys, addresses.

use fairhold_test_kit::{Deployment, TokenSigner, tokens::claims};
use uuid::Uuid;

use crate::requests::{left, quota, read, unlimited};

#[tokio::test]
async fn a_reservation_is_charged_to_its_user_whoever_makes_it() {
    let site = Deployment::new().await;
    let limited = site.serve(&[&quota("user", 8)]).await;
    unlimited(&site).await.stock("SKU", 5, "").await;
    for (expected, status) in [(4, 201), (0, 200)] {
        let answer = limited.reserve("SKU", "anna", "").await;
        answer.is(status);
        assert_eq!(left(&answer, "user"), expected);
    }
    let refused = limited.reserve("SKU", "anna", "").await;
    refused.refused(429, "rate-limited");
    assert!(refused.text.contains("this user"), "{refused:?}");
    limited.reserve("SKU", "ben", "").await.is(201);
    // An anonymous read is charged to no user.
    assert_eq!(read(&limited, &[]).await.header("ratelimit"), None);
    site.assert_clean().await;
}

#[tokio::test]
async fn a_shopper_and_a_shop_acting_for_them_share_the_limit_of_the_user() {
    let site = Deployment::new().await;
    let signer = TokenSigner::ed();
    let pem = signer.pem();
    let provider = [("FAIRHOLD_JWT_PUBLIC_KEY", pem.as_str())];
    let (user, key) = (quota("user", 8), quota("key", 12));
    let flags = ["--listen=127.0.0.1:0", &user, &key];
    let limited = site.serve_with(&flags, &provider).await;
    let shop = site.key("shop", "admin").await;
    fairhold_test_kit::eventually("the key is known", async || {
        limited.get("/inventory/none", &shop).await.status == 404
    })
    .await;
    let [anna, ben] = ["anna", "ben"].map(|sub| signer.token(None, &claims(sub)));
    let before = left(&limited.get("/inventory/none", &shop).await, "key");
    for expected in [7, 6, 5] {
        let answer = limited.get("/analytics/inventory", &anna).await;
        assert_eq!(left(&answer, "user"), expected);
    }
    let held = limited.reserve("NONE", "anna", &anna).await;
    held.refused(404, "unknown-sku");
    assert_eq!(left(&held, "user"), 1);
    let refused = limited.reserve("NONE", "anna", &shop).await;
    refused.refused(429, "rate-limited");
    assert_eq!(left(&refused, "user"), 1);
    // A refused request is charged to no key.
    assert_eq!(left(&refused, "key"), before);
    let answer = limited.get("/analytics/inventory", &ben).await;
    assert_eq!(left(&answer, "user"), 7);
}

#[tokio::test]
async fn an_api_key_is_charged_instead_of_its_address() {
    let site = Deployment::new().await;
    let (one, other) = (site.key("one", "read").await, site.key("two", "read").await);
    let limits = [quota("key", 6), quota("address", 4)];
    let limited = site.serve(&limits.each_ref().map(String::as_str)).await;
    for expected in [5, 4, 3, 2, 1, 0] {
        let answer = limited.get("/analytics/inventory", &one).await;
        answer.is(200);
        assert_eq!(left(&answer, "key"), expected);
    }
    let refused = limited.get("/analytics/inventory", &one).await;
    refused.refused(429, "rate-limited");
    assert!(refused.text.contains("this API key"), "{refused:?}");
    limited.get("/analytics/inventory", &other).await.is(200);
    // A request without a key is charged to its address.
    let page = limited.get("/problems", "").await;
    assert_eq!(left(&page, "address"), 3);
}

#[tokio::test]
async fn reads_of_other_users_reservations_are_charged() {
    let site = Deployment::new().await;
    let signer = TokenSigner::ed();
    let limited = site
        .serve(&["--jwt-public-key", &signer.pem(), &quota("user", 4)])
        .await;
    let anna = signer.token(None, &claims("anna"));
    for expected in [3, 2, 1, 0] {
        let path = format!("/reservations/{}", Uuid::now_v7());
        let answer = limited.get(&path, &anna).await;
        answer.refused(404, "unknown-reservation");
        assert_eq!(left(&answer, "user"), expected);
    }
    let path = format!("/reservations/{}", Uuid::now_v7());
    limited.get(&path, &anna).await.refused(429, "rate-limited");
}
