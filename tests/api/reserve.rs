//! `POST /inventory/reserve` and `GET /reservations/{reservation_id}`.

use serde_json::json;

use crate::service::{Service, id};

#[tokio::test]
async fn free_stock_is_held_at_once() {
    let service = Service::start().await;
    service.stock("SKU123", 3).await;
    let held = service.reserve("SKU123", "userA", 2).await.is(201);
    let times = ["created_at", "updated_at", "expires_at"];
    let times = times.map(|time| held[time].as_str().unwrap().parse().unwrap());
    let [created, updated, expires]: [chrono::DateTime<chrono::Utc>; 3] = times;
    assert_eq!(created, updated);
    assert_eq!((expires - created).num_milliseconds(), 300_000);
    assert_eq!(
        held,
        json!({
            "reservation_id": held["reservation_id"], "sku": "SKU123", "user_id": "userA",
            "quantity": 2, "status": "RESERVED", "created_at": held["created_at"],
            "updated_at": held["updated_at"], "expires_at": held["expires_at"],
            "ttl_seconds": 300, "waitlist": null,
            "fairness": {"score": 1.0, "tier": "full", "reason": "no abandoned holds"},
        })
    );
    let uuid: uuid::Uuid = id(&held).parse().unwrap();
    assert_eq!(uuid.get_version_num(), 7);
    assert_eq!(service.reservation(&id(&held)).await, held);
    assert_eq!(service.counts("SKU123").await, [1, 2, 0, 3, 0]);
    service.finish().await;
}

#[tokio::test]
async fn a_request_for_more_than_available_waits_and_gets_a_position() {
    let service = Service::start().await;
    service.stock("A", 2).await;
    service.hold("A", "holder", 2).await;
    for (place, user) in [(1, "first"), (2, "second"), (3, "third")] {
        let waiting = service.reserve("A", user, 1).await.is(202);
        assert_eq!(waiting["status"], "WAITLISTED");
        assert_eq!(
            waiting["waitlist"],
            json!({"sequence": place, "position": place})
        );
        assert_eq!(waiting["expires_at"], json!(null));
        assert_eq!(waiting["ttl_seconds"], json!(null));
        assert_eq!(service.reservation(&id(&waiting)).await, waiting);
    }
    assert_eq!(service.counts("A").await, [0, 2, 0, 2, 3]);
    service.finish().await;
}

#[tokio::test]
async fn a_repeated_request_returns_the_live_reservation() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.reserve("A", "userA", 1).await.is(201);
    assert_eq!(service.reserve("A", "userA", 1).await.is(200), held);
    service.wait("A", "userB", 1).await;
    let waiting = service.reserve("A", "userC", 1).await.is(202);
    assert_eq!(service.reserve("A", "userC", 1).await.is(200), waiting);
    assert_eq!(service.counts("A").await, [0, 1, 0, 1, 2]);

    service.cancel(&id(&held)).await.is(200);
    let moved_up = service.reserve("A", "userC", 1).await.is(200);
    assert_eq!(moved_up["waitlist"], json!({"sequence": 2, "position": 1}));
    let promoted = service.reserve("A", "userB", 1).await.is(200);
    assert_eq!(promoted["status"], "RESERVED");
    service.finish().await;
}

#[tokio::test]
async fn another_quantity_is_refused_and_shows_the_live_reservation() {
    let service = Service::start().await;
    service.stock("A", 3).await;
    let held = service.reserve("A", "userA", 2).await.is(201);
    let refused = service.reserve("A", "userA", 1).await;
    let problem = refused.refused(409, "live-reservation-exists");
    assert_eq!(problem["reservation"], held);

    let waiting = service.reserve("A", "userB", 3).await.is(202);
    let refused = service.reserve("A", "userB", 1).await;
    let problem = refused.refused(409, "live-reservation-exists");
    assert_eq!(problem["reservation"], waiting);
    assert_eq!(problem["reservation"]["waitlist"]["position"], 1);
    service.finish().await;
}

#[tokio::test]
async fn a_user_may_reserve_again_once_the_reservation_has_ended() {
    let service = Service::start().await;
    service.stock("A", 3).await;
    let bought = service.hold("A", "userA", 1).await;
    service.confirm(&bought).await.is(200);
    let dropped = service.hold("A", "userA", 1).await;
    service.cancel(&dropped).await.is(200);
    let third = service.hold("A", "userA", 2).await;
    assert_ne!(bought, dropped);
    assert_ne!(dropped, third);
    service.finish().await;
}

#[tokio::test]
async fn a_closed_waitlist_admits_nobody() {
    let service = Service::start().await;
    let body = json!({"sku": "A", "quantity": 2, "waitlist_limit": 0});
    service.post("/inventory/init", &body).await.is(201);
    service.hold("A", "userA", 1).await;
    let before = service.inventory("A").await;
    let refused = service.reserve("A", "userB", 2).await;
    let refused = refused.refused(409, "sold-out");
    assert_eq!(refused["available_quantity"], 1, "{refused}");
    assert_eq!(refused["waitlist_size"], 0, "{refused}");
    assert_eq!(refused["waitlist_limit"], 0, "{refused}");
    assert_eq!(service.inventory("A").await, before);
    service.hold("A", "userB", 1).await;
    service
        .reserve("A", "userC", 1)
        .await
        .refused(409, "sold-out");
    service.finish().await;
}

#[tokio::test]
async fn a_full_waitlist_admits_one_after_one_has_left() {
    let service = Service::start().await;
    let body = json!({"sku": "A", "quantity": 1, "waitlist_limit": 2});
    service.post("/inventory/init", &body).await.is(201);
    service.hold("A", "holder", 1).await;
    let first = service.wait("A", "first", 1).await;
    service.wait("A", "second", 1).await;
    let refused = service.reserve("A", "third", 1).await;
    let refused = refused.refused(409, "sold-out");
    assert_eq!(refused["available_quantity"], 0, "{refused}");
    assert_eq!(refused["waitlist_size"], 2, "{refused}");
    assert_eq!(refused["waitlist_limit"], 2, "{refused}");
    service.reserve("A", "second", 1).await.is(200);
    service.cancel(&first).await.is(200);
    let third = service.reserve("A", "third", 1).await.is(202);
    assert_eq!(third["waitlist"], json!({"sequence": 3, "position": 2}));
    service.finish().await;
}

#[tokio::test]
async fn a_request_for_more_than_the_total_is_refused() {
    let service = Service::start().await;
    service.stock("A", 2).await;
    service
        .reserve("A", "userA", 3)
        .await
        .refused(422, "exceeds-total");
    let bought = service.hold("A", "userA", 2).await;
    service.confirm(&bought).await.is(200);
    service
        .reserve("A", "userB", 3)
        .await
        .refused(422, "exceeds-total");
    service.wait("A", "userB", 2).await;
    service
        .restock("A", -1)
        .await
        .refused(409, "insufficient-stock");
    service
        .reserve("none", "userA", 1)
        .await
        .refused(404, "unknown-sku");
    service.finish().await;
}

#[tokio::test]
async fn one_unit_is_reserved_unless_another_number_is_named() {
    let service = Service::start().await;
    service.stock("A", 10).await;
    for (user, quantity, units) in [
        ("a", None, 1),
        ("b", Some(json!("3")), 3),
        ("c", Some(json!(2.0)), 2),
    ] {
        let mut body = json!({"sku": "A", "user_id": user});
        if let Some(quantity) = quantity {
            body["quantity"] = quantity;
        }
        let held = service.post("/inventory/reserve", &body).await.is(201);
        assert_eq!(held["quantity"], units);
    }
    for quantity in [
        json!(0),
        json!(-1),
        json!(1_000_001),
        json!(null),
        json!("one"),
    ] {
        let body = json!({"sku": "A", "user_id": "d", "quantity": quantity});
        let answer = service.post("/inventory/reserve", &body).await;
        answer.at_fault(&["quantity"]);
    }
    let answer = service
        .post("/inventory/reserve", &json!({"user": "x"}))
        .await;
    answer.at_fault(&["sku", "user", "user_id"]);
    service.finish().await;
}

#[tokio::test]
async fn an_id_that_nobody_has_is_not_found() {
    let service = Service::start().await;
    let path = "/reservations/019aa000-0000-7000-8000-000000000000";
    service.get(path).await.refused(404, "unknown-reservation");
    service
        .get("/reservations/7")
        .await
        .at_fault(&["reservation_id"]);
    service.finish().await;
}

#[tokio::test]
async fn users_that_look_like_others_or_cannot_be_addressed_are_refused() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    let before = service.inventory("A").await;
    for user in [
        ".",
        "..",
        "anna\u{200b}",
        "\u{202e}anna",
        "an\u{ad}na",
        "\u{feff}anna",
        "anna\u{e0041}",
    ] {
        service.reserve("A", user, 1).await.at_fault(&["user_id"]);
    }
    let unpaired = r#"{"sku": "A", "user_id": "anna\ud800"}"#;
    let request = service.request(reqwest::Method::POST, "/inventory/reserve");
    let request = request.header("Content-Type", "application/json");
    let refused = service.send(request.body(unpaired)).await;
    refused.at_fault(&["user_id"]);
    assert_eq!(service.inventory("A").await, before);
    for user in ["...", "a.b", "ünïcödé", "李娜", "🦀"] {
        service.reserve("A", user, 1).await.is(201);
    }
    service.finish().await;
}
