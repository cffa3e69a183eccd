//! `POST /checkout/confirm`, from every state.

use serde_json::json;

use crate::age::age;
use crate::service::{Service, id};

const NOBODY: &str = "019aa000-0000-7000-8000-000000000000";

#[tokio::test]
async fn a_hold_becomes_a_sale_once() {
    let service = Service::start().await;
    service.stock("A", 3).await;
    let held = service.reserve("A", "userA", 2).await.is(201);
    let sold = service.confirm(&id(&held)).await.is(200);
    assert_eq!(sold["status"], "CONFIRMED");
    let mut expected = held.clone();
    expected["status"] = json!("CONFIRMED");
    expected["updated_at"] = sold["updated_at"].clone();
    assert_eq!(sold, expected);
    assert_eq!(service.confirm(&id(&held)).await.is(200), sold);
    assert_eq!(service.reservation(&id(&held)).await, sold);
    assert_eq!(service.counts("A").await, [1, 0, 2, 3, 0]);
    let kinds = service.kinds("A").await;
    assert_eq!(kinds, ["INITIALIZED", "RESERVED", "CONFIRMED"]);
    service.finish().await;
}

#[tokio::test]
async fn a_sale_does_not_expire() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let sold = service.hold("A", "userA", 1).await;
    service.confirm(&sold).await.is(200);
    service.pass("A", 301.0).await;
    assert_eq!(service.status(&sold).await, "CONFIRMED");
    let again = service.confirm(&sold).await.is(200);
    assert_eq!(again["status"], "CONFIRMED");
    service.finish().await;
}

#[tokio::test]
async fn a_waiting_reservation_cannot_be_confirmed() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    let waiting = service.wait("A", "userB", 1).await;
    service
        .confirm(&waiting)
        .await
        .refused(409, "not-confirmable");
    service.confirm(&held).await.is(200);
    service
        .confirm(&waiting)
        .await
        .refused(409, "not-confirmable");
    assert_eq!(service.status(&waiting).await, "WAITLISTED");
    service.finish().await;
}

#[tokio::test]
async fn a_cancelled_reservation_cannot_be_confirmed() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    let waiting = service.wait("A", "userB", 1).await;
    service.cancel(&waiting).await.is(200);
    service.cancel(&held).await.is(200);
    for id in [&held, &waiting] {
        service.confirm(id).await.refused(409, "not-confirmable");
    }
    assert_eq!(service.counts("A").await, [1, 0, 0, 1, 0]);
    service.finish().await;
}

#[tokio::test]
async fn a_promoted_hold_can_be_confirmed() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    let waiting = service.wait("A", "userB", 1).await;
    service.cancel(&held).await.is(200);
    let sold = service.confirm(&waiting).await.is(200);
    assert_eq!(sold["waitlist"], json!(null));
    assert_eq!(service.counts("A").await, [0, 0, 1, 1, 0]);
    service.finish().await;
}

#[tokio::test]
async fn an_unswept_hold_is_gone_once_expired() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    // The job can't see the change before the confirmation already waits for the row.
    let mut books = service.lock("A").await;
    age(&mut books, "A", 300.0).await;
    let (answer, ()) = tokio::join!(service.confirm(&held), async {
        service.until_blocked().await;
        books.commit().await.unwrap();
    });
    answer.refused(410, "reservation-expired");
    assert_eq!(service.status(&held).await, "EXPIRED");
    service.finish().await;
}

#[tokio::test]
async fn a_hold_that_was_swept_is_gone() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    let waiting = service.wait("A", "userB", 1).await;
    service.pass("A", 301.0).await;
    service.until_status(&waiting, "RESERVED").await;
    service
        .confirm(&held)
        .await
        .refused(410, "reservation-expired");
    service
        .confirm(&held)
        .await
        .refused(410, "reservation-expired");
    service.confirm(&waiting).await.is(200);
    service.finish().await;
}

#[tokio::test]
async fn only_ids_made_by_the_server_are_found() {
    let service = Service::start().await;
    for path in ["/checkout/confirm", "/checkout/cancel"] {
        let body = json!({"reservation_id": NOBODY});
        let answer = service.post(path, &body).await;
        answer.refused(404, "unknown-reservation");
        for wrong in [
            json!("7"),
            json!(""),
            json!(7),
            json!(null),
            json!("' or 1=1 --"),
        ] {
            let body = json!({"reservation_id": wrong});
            service
                .post(path, &body)
                .await
                .at_fault(&["reservation_id"]);
        }
        let body = json!({"id": NOBODY});
        let answer = service.post(path, &body).await;
        answer.at_fault(&["id", "reservation_id"]);
    }
    service.finish().await;
}
