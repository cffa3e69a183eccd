//! `POST /inventory/init` and `GET /inventory/{sku}`.

use serde_json::{Value, json};

use crate::service::Service;

async fn init(service: &Service, body: Value) -> fairhold_test_kit::Answer {
    service.post("/inventory/init", &body).await
}

#[tokio::test]
async fn creating_a_sku_returns_its_inventory() {
    let service = Service::start().await;
    let body = json!({"sku": "SKU123", "quantity": 5});
    let mut made = init(&service, body).await.is(201);
    assert_eq!(made["message"], "Inventory initialized");
    made.as_object_mut().unwrap().remove("message");
    for time in ["created_at", "updated_at"] {
        let time = made[time].as_str().unwrap();
        assert!(time.ends_with('Z'), "{time} is not in UTC");
    }
    assert_eq!(
        made,
        json!({
            "sku": "SKU123", "total_quantity": 5, "available_quantity": 5,
            "reserved_quantity": 0, "sold_quantity": 0, "waitlist_size": 0,
            "hold_ttl_seconds": 300, "waitlist_limit": null, "version": 1,
            "created_at": made["created_at"], "updated_at": made["created_at"],
        })
    );
    assert_eq!(service.inventory("SKU123").await, made);
    service.finish().await;
}

#[tokio::test]
async fn the_same_body_again_changes_nothing() {
    let service = Service::start().await;
    let body = json!({"sku": "A", "quantity": 5, "hold_ttl_seconds": 60, "waitlist_limit": 3});
    let first = init(&service, body.clone()).await.is(201);
    let second = init(&service, body).await.is(200);
    assert_eq!(first, second);
    assert_eq!(service.kinds("A").await, ["INITIALIZED"]);
    service.finish().await;
}

#[tokio::test]
async fn a_repeated_init_is_recognized_after_stock_has_moved() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    service.restock("A", 7).await.is(200);
    service.hold("A", "userA", 2).await;
    let body = json!({"sku": "A", "quantity": 5});
    let again = init(&service, body).await.is(200);
    assert_eq!(again["total_quantity"], 12);
    assert_eq!(again["available_quantity"], 10);
    let now = json!({"sku": "A", "quantity": 12});
    init(&service, now).await.refused(409, "sku-exists");
    service.finish().await;
}

#[tokio::test]
async fn other_values_never_overwrite_stock() {
    let service = Service::start().await;
    let body = json!({"sku": "A", "quantity": 5, "hold_ttl_seconds": 60, "waitlist_limit": 3});
    init(&service, body.clone()).await.is(201);
    let before = service.inventory("A").await;
    for (field, value) in [
        ("quantity", json!(6)),
        ("hold_ttl_seconds", json!(61)),
        ("waitlist_limit", json!(4)),
        ("waitlist_limit", json!(null)),
    ] {
        let mut other = body.clone();
        other[field] = value;
        init(&service, other).await.refused(409, "sku-exists");
    }
    assert_eq!(service.inventory("A").await, before);
    service.finish().await;
}

#[tokio::test]
async fn a_sku_can_start_empty_and_a_quantity_can_be_digits() {
    let service = Service::start().await;
    let nothing = json!({"sku": "none", "quantity": 0});
    let made = init(&service, nothing).await.is(201);
    assert_eq!(made["total_quantity"], 0);

    let strings = json!({
        "sku": "strings", "quantity": "3", "hold_ttl_seconds": 30, "waitlist_limit": 2,
    });
    let made = init(&service, strings).await.is(201);
    assert_eq!(made["total_quantity"], 3);
    assert_eq!(made["hold_ttl_seconds"], 30);
    assert_eq!(made["waitlist_limit"], 2);
    let numbers = json!({
        "sku": "strings", "quantity": 3, "hold_ttl_seconds": 30, "waitlist_limit": 2,
    });
    init(&service, numbers).await.is(200);
    service.finish().await;
}

#[tokio::test]
async fn every_range_includes_its_bounds() {
    let service = Service::start().await;
    for (sku, body) in [
        ("a", json!({"quantity": 1_000_000})),
        ("b", json!({"quantity": 1, "hold_ttl_seconds": 5})),
        ("c", json!({"quantity": 1, "hold_ttl_seconds": 86_400})),
        ("d", json!({"quantity": 1, "waitlist_limit": 0})),
        ("e", json!({"quantity": 1, "waitlist_limit": null})),
        ("A-z.0_9:x", json!({"quantity": 1})),
        (&"x".repeat(64), json!({"quantity": 1})),
    ] {
        let mut body = body;
        body["sku"] = json!(sku);
        init(&service, body).await.is(201);
        service.inventory(sku).await;
    }
    service.finish().await;
}

#[tokio::test]
async fn a_value_out_of_range_or_of_another_type_is_reported() {
    let service = Service::start().await;
    let good = json!({"sku": "A", "quantity": 1});
    let wrong = |field: &str, values: Vec<Value>| {
        let field = field.to_owned();
        values.into_iter().map(move |value| (field.clone(), value))
    };
    let quantities = vec![
        json!(-1),
        json!(1_000_001),
        json!(1.5),
        json!("-1"),
        json!("1.0"),
        json!("x"),
        json!(""),
        json!(" 1"),
        json!(null),
        json!(true),
        json!([1]),
        json!({}),
        json!(1e300),
        json!("99999999999999999999"),
    ];
    let ttls = vec![json!(4), json!(86_401), json!(0), json!("4"), json!(false)];
    let limits = vec![json!(-1), json!(0.5), json!("none"), json!([])];
    let skus = vec![
        json!(""),
        json!("a b"),
        json!("a/b"),
        json!("é"),
        json!("x".repeat(65)),
        json!("a\n"),
        json!("a\u{0}"),
        json!(7),
        json!(null),
    ];
    for (field, value) in wrong("quantity", quantities)
        .chain(wrong("hold_ttl_seconds", ttls))
        .chain(wrong("waitlist_limit", limits))
        .chain(wrong("sku", skus))
    {
        let mut body = good.clone();
        body[&field] = value;
        init(&service, body).await.at_fault(&[&field]);
    }
    service
        .get("/inventory/A")
        .await
        .refused(404, "unknown-sku");
    service.finish().await;
}

#[tokio::test]
async fn every_invalid_field_is_reported_at_once() {
    let service = Service::start().await;
    init(&service, json!({}))
        .await
        .at_fault(&["quantity", "sku"]);
    let body = json!({
        "sku": "not a sku", "quantity": -1, "hold_ttl_seconds": 1, "waitlist_limit": -1,
        "color": "red", "Quantity": 1,
    });
    init(&service, body).await.at_fault(&[
        "Quantity",
        "color",
        "hold_ttl_seconds",
        "quantity",
        "sku",
        "waitlist_limit",
    ]);
    service.finish().await;
}

#[tokio::test]
async fn a_sku_that_was_never_initialized_is_not_found() {
    let service = Service::start().await;
    for path in ["", "/waitlist", "/ledger"] {
        let path = format!("/inventory/none{path}");
        service.get(&path).await.refused(404, "unknown-sku");
    }
    service
        .get("/inventory/not%20a%20sku")
        .await
        .at_fault(&["sku"]);
    service.finish().await;
}

#[tokio::test]
async fn a_sku_can_have_the_name_of_an_endpoint() {
    let service = Service::start().await;
    for name in ["init", "restock", "reserve"] {
        let path = format!("/inventory/{name}");
        service.get(&path).await.refused(404, "unknown-sku");
        service.stock(name, 3).await;
        let shown = service.get(&path).await.is(200);
        assert_eq!(shown["sku"], name);
        let nothing = service.get(&format!("{path}/waitlist")).await.is(200);
        assert_eq!(nothing["items"], serde_json::json!([]));
    }
    service.finish().await;
}

#[tokio::test]
async fn a_repeated_init_is_recognized_after_the_default_hold_time_has_changed() {
    let service = Service::start().await;
    service.stock("A", 3).await;
    let later = service.another_with(&["--hold-ttl-seconds=60"]).await;
    let body = json!({"sku": "A", "quantity": 3});
    let repeated = later.post("/inventory/init", &body).await.is(200);
    assert_eq!(repeated["hold_ttl_seconds"], 300);
    let named = json!({"sku": "A", "quantity": 3, "hold_ttl_seconds": 300});
    later.post("/inventory/init", &named).await.is(200);
    let other = json!({"sku": "A", "quantity": 3, "hold_ttl_seconds": 60});
    let refused = later.post("/inventory/init", &other).await;
    refused.refused(409, "sku-exists");
    later.finish().await;
    service.finish().await;
}

#[tokio::test]
async fn digits_stand_for_a_quantity_only() {
    let service = Service::start().await;
    for field in ["hold_ttl_seconds", "waitlist_limit"] {
        let body = json!({"sku": "A", "quantity": "3", field: "60"});
        service
            .post("/inventory/init", &body)
            .await
            .at_fault(&[field]);
    }
    let limit = i64::MAX;
    let body = json!({"sku": "A", "quantity": "3", "waitlist_limit": limit});
    let shown = service.post("/inventory/init", &body).await.is(201);
    assert_eq!(shown["waitlist_limit"], limit);
    service.finish().await;
}

#[tokio::test]
async fn a_sku_that_cannot_be_addressed_is_refused() {
    let service = Service::start().await;
    for sku in [".", ".."] {
        let refused = init(&service, json!({"sku": sku, "quantity": 1})).await;
        refused.at_fault(&["sku"]);
    }
    init(&service, json!({"sku": "...", "quantity": 1}))
        .await
        .is(201);
    service.finish().await;
}
