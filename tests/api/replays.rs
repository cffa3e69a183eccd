//! `Idempotency-Key`: the same key with the same body is answered as it was the first time.

use fairhold_test_kit::Answer;
use serde_json::{Value, json};

use crate::service::{Service, id};

async fn reserve(service: &Service, key: &str, body: &Value) -> Answer {
    service.post_keyed("/inventory/reserve", key, body).await
}

#[track_caller]
fn assert_replays(answer: &Answer, status: u16, first: &Value) {
    assert_eq!(answer.is(status), *first);
    assert_eq!(answer.header("idempotency-replayed"), Some("true"));
}

#[tokio::test]
async fn a_replayed_hold_reads_as_it_began() {
    let service = Service::start().await;
    service.stock("A", 2).await;
    let body = json!({"sku": "A", "user_id": "userA", "quantity": 1});
    let first = reserve(&service, "one", &body).await;
    assert_eq!(first.header("idempotency-replayed"), None);
    let first = first.is(201);
    assert_replays(&reserve(&service, "one", &body).await, 201, &first);
    service.confirm(&id(&first)).await.is(200);
    assert_replays(&reserve(&service, "one", &body).await, 201, &first);

    let second = reserve(&service, "two", &body).await.is(201);
    assert_ne!(id(&second), id(&first));
    service.cancel(&id(&second)).await.is(200);
    assert_replays(&reserve(&service, "two", &body).await, 201, &second);
    assert_eq!(service.counts("A").await, [1, 0, 1, 2, 0]);

    let third = reserve(&service, "three", &body).await.is(201);
    service.pass("A", 301.0).await;
    service.until_status(&id(&third), "EXPIRED").await;
    assert_eq!(
        id(&reserve(&service, "three", &body).await.is(201)),
        id(&third)
    );
    assert_eq!(service.counts("A").await, [1, 0, 1, 2, 0]);
    service.finish().await;
}

#[tokio::test]
async fn a_replayed_place_on_the_waitlist_reads_as_it_was() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let holder = service.hold("A", "holder", 1).await;
    let ahead = service.wait("A", "ahead", 1).await;
    let body = json!({"sku": "A", "user_id": "userA", "quantity": 1});
    let first = reserve(&service, "k", &body).await.is(202);
    assert_eq!(
        first["waitlist"],
        json!({"sequence": 2, "position": 2, "servable": true})
    );
    service.cancel(&holder).await.is(200);
    service.cancel(&ahead).await.is(200);
    assert_eq!(service.status(&id(&first)).await, "RESERVED");
    assert_replays(&reserve(&service, "k", &body).await, 202, &first);
    service.finish().await;
}

#[tokio::test]
async fn a_key_that_met_a_live_reservation_keeps_returning_it() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.reserve("A", "userA", 1).await.is(201);
    let body = json!({"sku": "A", "user_id": "userA", "quantity": 1});
    assert_eq!(reserve(&service, "k", &body).await.is(200), held);
    service.cancel(&id(&held)).await.is(200);
    assert_replays(&reserve(&service, "k", &body).await, 200, &held);
    assert_eq!(service.counts("A").await, [1, 0, 0, 1, 0]);
    service.finish().await;
}

#[tokio::test]
async fn the_same_request_in_another_spelling_is_the_same() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let first = json!({"sku": "A", "user_id": "userA"});
    let held = reserve(&service, "k", &first).await.is(201);
    for body in [
        json!({"user_id": "userA", "quantity": 1, "sku": "A"}),
        json!({"sku": "A", "user_id": "userA", "quantity": "1"}),
    ] {
        assert_replays(&reserve(&service, "k", &body).await, 201, &held);
    }
    service.finish().await;
}

#[tokio::test]
async fn a_restock_takes_effect_once() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    service.hold("A", "holder", 1).await;
    service.wait("A", "userA", 1).await;
    let body = json!({"sku": "A", "quantity": 2, "reason": "delivery"});
    let first = service.post_keyed("/inventory/restock", "k", &body).await;
    assert_eq!(first.header("idempotency-replayed"), None);
    let first = first.is(200);
    assert_eq!(first["promoted"], 1);
    service.hold("A", "userB", 1).await;
    let again = service.post_keyed("/inventory/restock", "k", &body).await;
    assert_replays(&again, 200, &first);
    assert_eq!(service.counts("A").await, [0, 3, 0, 3, 0]);
    service.finish().await;
}

#[tokio::test]
async fn without_a_key_each_restock_counts() {
    let service = Service::start().await;
    service.stock("A", 0).await;
    service.restock("A", 2).await.is(200);
    service.restock("A", 2).await.is(200);
    assert_eq!(service.counts("A").await, [4, 0, 0, 4, 0]);
    service.finish().await;
}
