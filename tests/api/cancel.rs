//! `POST /checkout/cancel`, from every state.

use serde_json::json;

use crate::age::age;
use crate::service::{Service, id};

#[tokio::test]
async fn a_hold_is_cancelled_once() {
    let service = Service::start().await;
    service.stock("A", 3).await;
    let held = service.reserve("A", "userA", 2).await.is(201);
    let cancelled = service.cancel(&id(&held)).await.is(200);
    let mut expected = held.clone();
    expected["status"] = json!("CANCELLED");
    expected["updated_at"] = cancelled["updated_at"].clone();
    assert_eq!(cancelled, expected);
    assert_eq!(service.cancel(&id(&held)).await.is(200), cancelled);
    assert_eq!(service.counts("A").await, [3, 0, 0, 3, 0]);
    let kinds = service.kinds("A").await;
    assert_eq!(kinds, ["INITIALIZED", "RESERVED", "CANCELLED"]);
    service.finish().await;
}

#[tokio::test]
async fn a_place_on_the_waitlist_is_cancelled_once() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    let waiting = service.wait("A", "userB", 1).await;
    let cancelled = service.cancel(&waiting).await.is(200);
    assert_eq!(cancelled["status"], "CANCELLED");
    assert_eq!(cancelled["waitlist"], json!(null));
    assert_eq!(cancelled["expires_at"], json!(null));
    assert_eq!(service.cancel(&waiting).await.is(200), cancelled);
    assert_eq!(service.reservation(&waiting).await, cancelled);
    service.cancel(&held).await.is(200);
    assert_eq!(service.status(&waiting).await, "CANCELLED");
    assert_eq!(service.counts("A").await, [1, 0, 0, 1, 0]);
    service.finish().await;
}

#[tokio::test]
async fn a_sale_stays() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let sold = service.hold("A", "userA", 1).await;
    service.confirm(&sold).await.is(200);
    service
        .cancel(&sold)
        .await
        .refused(409, "already-confirmed");
    assert_eq!(service.counts("A").await, [0, 0, 1, 1, 0]);
    service.finish().await;
}

#[tokio::test]
async fn an_expired_hold_cannot_be_cancelled() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    let mut books = service.lock("A").await;
    age(&mut books, "A", 300.0).await;
    let (answer, ()) = tokio::join!(service.cancel(&held), async {
        service.until_blocked().await;
        books.commit().await.unwrap();
    });
    answer.refused(410, "reservation-expired");
    service.until_status(&held, "EXPIRED").await;
    service
        .cancel(&held)
        .await
        .refused(410, "reservation-expired");
    let kinds = service.kinds("A").await;
    assert_eq!(kinds, ["INITIALIZED", "RESERVED", "EXPIRED"]);
    service.finish().await;
}

#[tokio::test]
async fn cancelled_units_go_to_the_next_on_the_waitlist_at_once() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    let waiting = service.wait("A", "userB", 1).await;
    service.cancel(&held).await.is(200);
    let promoted = service.reservation(&waiting).await;
    assert_eq!(promoted["status"], "RESERVED");
    assert_eq!(promoted["waitlist"], json!(null));
    assert_eq!(promoted["ttl_seconds"], 600);
    let ledger = service.get("/inventory/A/ledger").await.is(200);
    let [.., cancelled, promotion] = ledger["items"].as_array().unwrap().as_slice() else {
        panic!("{ledger}");
    };
    assert_eq!(cancelled["kind"], "CANCELLED");
    assert_eq!(promotion["kind"], "PROMOTED");
    assert_eq!(cancelled["recorded_at"], promotion["recorded_at"]);
    service.finish().await;
}
