//! `GET /inventory/{sku}/ledger`: every change, in order.

use serde_json::{Value, json};

use crate::service::{Service, strings};

/// An entry without the time.
fn timeless(entry: &Value) -> Value {
    let mut entry = entry.clone();
    let time = entry.as_object_mut().unwrap().remove("recorded_at");
    assert!(time.unwrap().as_str().unwrap().ends_with('Z'));
    entry
}

#[tokio::test]
async fn every_change_is_one_entry() {
    let service = Service::start().await;
    service.stock("A", 2).await;
    let expired = service.hold("A", "userA", 2).await;
    service.pass("A", 300.0).await;
    service.until_status(&expired, "EXPIRED").await;
    let held = service.hold("A", "userB", 2).await;
    let waiting = service.wait("A", "userC", 2).await;
    let leaving = service.wait("A", "userD", 1).await;
    service.cancel(&leaving).await.is(200);
    service.cancel(&held).await.is(200);
    service.confirm(&waiting).await.is(200);
    let body = json!({"sku": "A", "quantity": 3, "reason": "delivery"});
    service.post("/inventory/restock", &body).await.is(200);

    let ledger = service.get("/inventory/A/ledger").await.is(200);
    assert_eq!(ledger["next_cursor"], json!(null));
    let found: Vec<_> = ledger["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(timeless)
        .collect();
    let expected = [
        ("INITIALIZED", None, 2, [2, 0, 0, 2], None),
        ("RESERVED", Some(&expired), 2, [-2, 2, 0, 0], None),
        ("EXPIRED", Some(&expired), 2, [2, -2, 0, 0], None),
        ("RESERVED", Some(&held), 2, [-2, 2, 0, 0], None),
        ("WAITLISTED", Some(&waiting), 2, [0, 0, 0, 0], None),
        ("WAITLISTED", Some(&leaving), 1, [0, 0, 0, 0], None),
        ("CANCELLED", Some(&leaving), 1, [0, 0, 0, 0], None),
        ("CANCELLED", Some(&held), 2, [2, -2, 0, 0], None),
        ("PROMOTED", Some(&waiting), 2, [-2, 2, 0, 0], None),
        ("CONFIRMED", Some(&waiting), 2, [0, -2, 2, 0], None),
        ("RESTOCKED", None, 3, [3, 0, 0, 3], Some("delivery")),
    ];
    let expected: Vec<_> = (1..)
        .zip(expected)
        .map(
            |(entry, (kind, id, quantity, [available, reserved, sold, total], reason))| {
                let mut expected = json!({
                    "entry": entry, "kind": kind, "reservation_id": id, "quantity": quantity,
                    "available_delta": available, "reserved_delta": reserved, "sold_delta": sold,
                    "total_delta": total, "version": entry, "reason": reason,
                });
                if kind == "EXPIRED" {
                    expected["actor"] = json!("expiry");
                }
                expected
            },
        )
        .collect();
    assert_eq!(found, expected);
    assert_eq!(service.inventory("A").await["version"], 11);
    service.finish().await;
}

#[tokio::test]
async fn the_ledger_comes_page_by_page_in_order() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    service.stock("B", 1).await;
    for _ in 0..6 {
        service.restock("A", 1).await.is(200);
    }
    let mut entries = Vec::new();
    let mut path = "/inventory/A/ledger?limit=3".to_owned();
    loop {
        let page = service.get(&path).await.is(200);
        let items = page["items"].as_array().unwrap();
        entries.extend(items.iter().map(|item| item["entry"].as_i64().unwrap()));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/inventory/A/ledger?limit=3&cursor={cursor}");
    }
    assert_eq!(entries, [1, 2, 3, 4, 5, 6, 7]);
    service.finish().await;
}

#[tokio::test]
async fn what_was_refused_or_repeated_leaves_no_entry() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    service.reserve("A", "userA", 1).await.is(200);
    service
        .reserve("A", "userA", 2)
        .await
        .refused(409, "live-reservation-exists");
    service
        .reserve("A", "userB", 2)
        .await
        .refused(422, "exceeds-total");
    service
        .restock("A", -1)
        .await
        .refused(409, "insufficient-stock");
    service.confirm(&held).await.is(200);
    service.confirm(&held).await.is(200);
    service
        .cancel(&held)
        .await
        .refused(409, "already-confirmed");
    let ledger = service.get("/inventory/A/ledger").await.is(200);
    let kinds = strings(&ledger["items"], "kind");
    assert_eq!(kinds, ["INITIALIZED", "RESERVED", "CONFIRMED"]);
    service.finish().await;
}

#[tokio::test]
async fn a_list_of_a_sku_that_is_not_there_is_not_found_on_any_page() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    service.restock("A", 1).await.is(200);
    service.hold("A", "holder", 2).await;
    service.wait("A", "first", 1).await;
    service.wait("A", "second", 1).await;
    for list in ["ledger", "waitlist"] {
        let page = service
            .get(&format!("/inventory/A/{list}?limit=1"))
            .await
            .is(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        for query in ["", "?limit=1", &format!("?cursor={cursor}")] {
            let answer = service.get(&format!("/inventory/none/{list}{query}")).await;
            answer.refused(404, "unknown-sku");
        }
    }
    service.finish().await;
}
