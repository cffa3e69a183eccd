//! Whoever asks for a reservation is told the same before and after it was moved.

use serde_json::{Value, json};

use super::{make_old, mover, older};
use crate::service::{Service, id, strings};

/// What a client can ask about these reservations, and what it is told.
async fn told(service: &Service, ids: &[String], keyed: &Value) -> Vec<(u16, Value)> {
    let mut answers = Vec::new();
    for id in ids {
        answers.push(service.get(&format!("/reservations/{id}")).await);
        answers.push(service.confirm(id).await);
        answers.push(service.cancel(id).await);
    }
    for query in [
        "",
        "sku=A",
        "user_id=buyer",
        "status=CANCELLED",
        "sku=A&user_id=late",
    ] {
        answers.push(service.get(&format!("/reservations?{query}")).await);
    }
    answers.push(service.get("/inventory/A/ledger").await);
    let replayed = service
        .post_keyed("/inventory/reserve", "mine", keyed)
        .await;
    assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
    answers.push(replayed);
    answers.iter().map(|a| (a.status, a.json())).collect()
}

#[tokio::test]
async fn nobody_can_tell_that_a_reservation_was_moved() {
    let service = Service::start().await;
    service.stock("A", 2).await;
    let late = service.hold("A", "late", 1).await;
    service.pass("A", 300.0).await;
    service.until_status(&late, "EXPIRED").await;
    let keyed = json!({"sku": "A", "user_id": "buyer", "quantity": 1});
    let sold = service
        .post_keyed("/inventory/reserve", "mine", &keyed)
        .await;
    let sold = id(&sold.is(201));
    service.confirm(&sold).await.is(200);
    let given_up = service.hold("A", "buyer", 1).await;
    service.cancel(&given_up).await.is(200);
    make_old(&service, "A", 3).await;
    let ids = [late, sold, given_up].map(|id| older(&id, 3));

    let before = told(&service, &ids, &keyed).await;
    let statuses = before[..9].iter().map(|answer| answer.0);
    let expected = [200, 410, 410, 200, 200, 409, 200, 409, 200];
    assert!(statuses.eq(expected), "{before:#?}");
    let mover = mover(&service, 2, 3).await;
    assert_eq!(told(&service, &ids, &keyed).await, before);
    // The user has none that lives, and may have a new one.
    let anew = service.hold("A", "buyer", 1).await;
    let pages = service.get("/reservations?limit=2").await.is(200);
    let newest = strings(&pages["items"], "reservation_id");
    assert_eq!(newest, [anew, ids[2].clone()]);
    let path = format!(
        "/reservations?cursor={}",
        pages["next_cursor"].as_str().unwrap()
    );
    let others = service.get(&path).await.is(200);
    let others = strings(&others["items"], "reservation_id");
    assert_eq!(others, [ids[1].clone(), ids[0].clone()]);
    mover.finish().await;
    service.finish().await;
}
