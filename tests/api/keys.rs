//! `Idempotency-Key`: what a key belongs to, and what it refuses.

use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::json;

use crate::service::Service;

const RESERVE: &str = "/inventory/reserve";
const RESTOCK: &str = "/inventory/restock";
const REPLAYED: &str = "idempotency-replayed";

#[tokio::test]
async fn another_body_is_refused() {
    let service = Service::start().await;
    service.stock("A", 9).await;
    let body = json!({"sku": "A", "user_id": "userA", "quantity": 1});
    service.post_keyed(RESERVE, "k", &body).await.is(201);
    for (field, value) in [("quantity", json!(2)), ("user_id", json!("userB"))] {
        let mut other = body.clone();
        other[field] = value;
        let refused = service.post_keyed(RESERVE, "k", &other).await;
        refused.refused(422, "idempotency-key-reused");
    }
    let body = json!({"sku": "A", "quantity": 1, "reason": "x"});
    service.post_keyed(RESTOCK, "k", &body).await.is(200);
    for (field, value) in [
        ("quantity", json!(2)),
        ("reason", json!("y")),
        ("reason", json!(null)),
    ] {
        let mut other = body.clone();
        other[field] = value;
        let refused = service.post_keyed(RESTOCK, "k", &other).await;
        refused.refused(422, "idempotency-key-reused");
    }
    assert_eq!(service.counts("A").await, [9, 1, 0, 10, 0]);
    service.finish().await;
}

#[tokio::test]
async fn on_another_sku_or_endpoint_it_is_another_key() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    service.stock("B", 1).await;
    for sku in ["A", "B"] {
        let body = json!({"sku": sku, "user_id": "userA"});
        let held = service.post_keyed(RESERVE, "k", &body).await;
        held.is(201);
        assert_eq!(held.header(REPLAYED), None);
        let body = json!({"sku": sku, "quantity": 1});
        let restocked = service.post_keyed(RESTOCK, "k", &body).await;
        restocked.is(200);
        assert_eq!(restocked.header(REPLAYED), None);
    }
    service.finish().await;
}

#[tokio::test]
async fn keys_tell_case_and_space_apart() {
    let service = Service::start().await;
    service.stock("A", 0).await;
    for key in ["k", "K", "k k", "\"k\""] {
        let body = json!({"sku": "A", "quantity": 1});
        let answer = service.post_keyed(RESTOCK, key, &body).await;
        answer.is(200);
        assert_eq!(answer.header(REPLAYED), None, "{key}");
    }
    assert_eq!(service.counts("A").await, [4, 0, 0, 4, 0]);
    service.finish().await;
}

#[tokio::test]
async fn a_refusal_stores_nothing() {
    let service = Service::start().await;
    let sku = json!({"sku": "A", "quantity": 1, "waitlist_limit": 0});
    let body = json!({"sku": "A", "user_id": "userA", "quantity": 1});
    let refused = service.post_keyed(RESERVE, "k", &body).await;
    refused.refused(404, "unknown-sku");
    service.post("/inventory/init", &sku).await.is(201);
    let two = json!({"sku": "A", "user_id": "userA", "quantity": 2});
    let refused = service.post_keyed(RESERVE, "k", &two).await;
    refused.refused(422, "exceeds-total");
    let rival = service.hold("A", "rival", 1).await;
    let refused = service.post_keyed(RESERVE, "k", &body).await;
    refused.refused(409, "sold-out");
    service.cancel(&rival).await.is(200);
    let held = service.post_keyed(RESERVE, "k", &body).await;
    held.is(201);
    assert_eq!(held.header(REPLAYED), None);

    let less = json!({"sku": "A", "quantity": -1});
    let refused = service.post_keyed(RESTOCK, "k", &less).await;
    refused.refused(409, "insufficient-stock");
    let more = json!({"sku": "A", "quantity": 2});
    service.post_keyed(RESTOCK, "k", &more).await.is(200);
    service.finish().await;
}

#[tokio::test]
async fn a_malformed_key_is_named() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let long = "k".repeat(256);
    for (path, body) in [
        (RESERVE, json!({"sku": "A", "user_id": "userA"})),
        (RESTOCK, json!({"sku": "A", "quantity": 1})),
    ] {
        for key in [
            &b""[..],
            "clé".as_bytes(),
            b"a\tb",
            b"\xff",
            long.as_bytes(),
        ] {
            let key = HeaderValue::from_bytes(key).unwrap();
            let request = service.request(Method::POST, path).json(&body);
            let answer = service.send(request.header("Idempotency-Key", key)).await;
            answer.at_fault(&["Idempotency-Key"]);
        }
        let request = service.request(Method::POST, path).json(&body);
        let twice = request
            .header("Idempotency-Key", "a")
            .header("Idempotency-Key", "b");
        service.send(twice).await.at_fault(&["Idempotency-Key"]);
        service.post_keyed(path, &long[..255], &body).await;
    }
    assert_eq!(service.counts("A").await, [1, 1, 0, 2, 0]);
    service.finish().await;
}
