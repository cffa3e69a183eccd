//! `POST /inventory/restock`.

use serde_json::json;

use crate::service::Service;

#[tokio::test]
async fn a_restock_returns_the_inventory() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    let mut restocked = service.restock("A", 3).await.is(200);
    assert_eq!(restocked["promoted"], 0);
    assert_eq!(restocked["total_quantity"], 8);
    assert_eq!(restocked["available_quantity"], 8);
    assert_eq!(restocked["version"], 2);
    restocked.as_object_mut().unwrap().remove("promoted");
    assert_eq!(service.inventory("A").await, restocked);
    service.finish().await;
}

#[tokio::test]
async fn added_stock_serves_all_who_fit_in_their_order() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    service.hold("A", "holder", 5).await;
    let first = service.wait("A", "first", 1).await;
    let second = service.wait("A", "second", 2).await;
    let third = service.wait("A", "third", 5).await;
    let fourth = service.wait("A", "fourth", 1).await;
    let restocked = service.restock("A", 4).await.is(200);
    assert_eq!(restocked["promoted"], 2);
    assert_eq!(restocked["available_quantity"], 1);
    assert_eq!(restocked["waitlist_size"], 2);
    for (id, status) in [
        (&first, "RESERVED"),
        (&second, "RESERVED"),
        (&third, "WAITLISTED"),
        (&fourth, "WAITLISTED"),
    ] {
        assert_eq!(service.status(id).await, status);
    }
    service.finish().await;
}

#[tokio::test]
async fn only_available_units_can_be_removed() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    service.hold("A", "userA", 2).await;
    let before = service.inventory("A").await;
    let refused = service.restock("A", -4).await;
    let refused = refused.refused(409, "insufficient-stock");
    assert_eq!(refused["available_quantity"], 3, "{refused}");
    assert_eq!(service.inventory("A").await, before);
    let taken = service.restock("A", -3).await.is(200);
    assert_eq!(taken["total_quantity"], 2);
    assert_eq!(taken["available_quantity"], 0);
    service.finish().await;
}

#[tokio::test]
async fn an_unknown_sku_is_not_restocked() {
    let service = Service::start().await;
    service.restock("none", 1).await.refused(404, "unknown-sku");
    service
        .get("/inventory/none")
        .await
        .refused(404, "unknown-sku");
    service.finish().await;
}

#[tokio::test]
async fn a_change_is_a_whole_number_except_zero() {
    let service = Service::start().await;
    service.stock("A", 0).await;
    for quantity in [
        json!(0),
        json!(1_000_001),
        json!(-1_000_001),
        json!(0.5),
        json!("x"),
        json!("-1"),
        json!("0"),
        json!(null),
    ] {
        let body = json!({"sku": "A", "quantity": quantity});
        let answer = service.post("/inventory/restock", &body).await;
        answer.at_fault(&["quantity"]);
    }
    for quantity in [json!(1_000_000), json!(-1_000_000), json!("3"), json!(-3.0)] {
        let body = json!({"sku": "A", "quantity": quantity});
        service.post("/inventory/restock", &body).await.is(200);
    }
    assert_eq!(service.counts("A").await, [0; 5]);
    let all_wrong = json!({"quantity": 0, "reason": 7, "note": ""});
    let answer = service.post("/inventory/restock", &all_wrong).await;
    answer.at_fault(&["note", "quantity", "reason", "sku"]);
    service.finish().await;
}

#[tokio::test]
async fn the_reason_stands_in_the_ledger_word_for_word() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let reason = "delivery № 7: <b>\"käse\"</b> \\ '; drop table ledger; --";
    for body in [
        json!({"sku": "A", "quantity": 2, "reason": reason}),
        json!({"sku": "A", "quantity": -1, "reason": null}),
        json!({"sku": "A", "quantity": -1}),
    ] {
        service.post("/inventory/restock", &body).await.is(200);
    }
    let ledger = service.get("/inventory/A/ledger").await.is(200);
    let entries = ledger["items"].as_array().unwrap().iter();
    let reasons: Vec<_> = entries.map(|entry| &entry["reason"]).collect();
    assert_eq!(
        reasons,
        [&json!(null), &json!(reason), &json!(null), &json!(null)]
    );
    service.finish().await;
}

#[tokio::test]
async fn removed_stock_is_not_sold() {
    let service = Service::start().await;
    service.stock("A", 2).await;
    service.restock("A", -1).await.is(200);
    service.hold("A", "userA", 1).await;
    service.wait("A", "userB", 1).await;
    assert_eq!(service.counts("A").await, [0, 1, 0, 1, 1]);
    service.finish().await;
}
