//! `GET /analytics/…`: the health of each SKU, in figures and in words.

use serde_json::json;

use crate::service::Service;

async fn status(service: &Service, sku: &str) -> String {
    let path = format!("/analytics/inventory/{sku}");
    let health = service.get(&path).await.is(200);
    health["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_health_of_a_sku_is_complete() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    let sold = service.hold("A", "userA", 1).await;
    service.confirm(&sold).await.is(200);
    service.hold("A", "userB", 2).await;
    service.wait("A", "userC", 3).await;
    service.wait("A", "userD", 4).await;
    let health = service.get("/analytics/inventory/A").await.is(200);
    let inventory = service.inventory("A").await;
    assert_eq!(
        health,
        json!({
            "sku": "A", "available_inventory": 2, "waitlist_size": 2, "status": "HIGH_DEMAND",
            "total_inventory": 5, "reserved_inventory": 2, "sold_inventory": 1,
            "waitlist_quantity": 7, "version": inventory["version"],
            "updated_at": inventory["updated_at"],
        })
    );
    service.finish().await;
}

#[tokio::test]
async fn there_are_three_states_of_health() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    assert_eq!(status(&service, "A").await, "HEALTHY");
    let held = service.hold("A", "userA", 1).await;
    assert_eq!(status(&service, "A").await, "OUT_OF_STOCK");
    let waiting = service.wait("A", "userB", 1).await;
    assert_eq!(status(&service, "A").await, "HIGH_DEMAND");
    service.cancel(&held).await.is(200);
    assert_eq!(status(&service, "A").await, "OUT_OF_STOCK");
    service.cancel(&waiting).await.is(200);
    assert_eq!(status(&service, "A").await, "HEALTHY");
    service.stock("none", 0).await;
    assert_eq!(status(&service, "none").await, "OUT_OF_STOCK");
    service.finish().await;
}

#[tokio::test]
async fn the_list_shows_what_each_sku_shows() {
    let service = Service::start().await;
    let empty = service.get("/analytics/inventory").await.is(200);
    assert_eq!(empty, json!({"items": [], "next_cursor": null}));
    for (sku, quantity) in [("b", 0), ("A", 1), ("a", 2)] {
        service.stock(sku, quantity).await;
    }
    let list = service.get("/analytics/inventory").await.is(200);
    let mut each = Vec::new();
    for sku in ["A", "a", "b"] {
        each.push(
            service
                .get(&format!("/analytics/inventory/{sku}"))
                .await
                .is(200),
        );
    }
    assert_eq!(list["items"], json!(each));
    service.finish().await;
}

#[tokio::test]
async fn without_a_model_the_summary_comes_from_rules() {
    let service = Service::start().await;
    service.stock("A", 100).await;
    let said = service.get("/analytics/ai/inventory/A").await.is(200);
    assert!(said["generated_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(
        said,
        json!({
            "sku": "A", "ai_enabled": false, "source": "rules", "summary": said["summary"],
            "model": null, "generated_at": said["generated_at"],
        })
    );
    let calm = said["summary"].as_str().unwrap().to_owned();
    assert!(calm.contains("100 available"), "{calm}");
    service.hold("A", "userA", 99).await;
    service.wait("A", "userB", 7).await;
    let said = service.get("/analytics/ai/inventory/A").await.is(200);
    let urgent = said["summary"].as_str().unwrap();
    assert_ne!(urgent, calm);
    assert!(urgent.contains("7 units"), "{urgent}");
    service.finish().await;
}

#[tokio::test]
async fn a_sku_that_was_never_initialized_has_no_health() {
    let service = Service::start().await;
    for path in ["/analytics/inventory", "/analytics/ai/inventory"] {
        let answer = service.get(&format!("{path}/none")).await;
        answer.refused(404, "unknown-sku");
        let answer = service.get(&format!("{path}/a%20b")).await;
        answer.at_fault(&["sku"]);
    }
    service.finish().await;
}
