//! The line: strictly in the order of joining, and no stock lies idle.

use serde_json::json;

use crate::service::{Service, strings};

#[tokio::test]
async fn a_newcomer_waits_behind_the_waitlist_even_if_it_would_fit() {
    let service = Service::start().await;
    service.stock("A", 3).await;
    service.hold("A", "holder", 1).await;
    service.wait("A", "large", 3).await;
    let small = service.reserve("A", "small", 1).await.is(202);
    assert_eq!(
        small["waitlist"],
        json!({"sequence": 2, "position": 2, "servable": true})
    );
    assert_eq!(service.counts("A").await, [2, 1, 0, 3, 2]);
    service.finish().await;
}

#[tokio::test]
async fn a_head_that_is_too_large_keeps_smaller_ones_waiting() {
    let service = Service::start().await;
    service.stock("A", 3).await;
    let one = service.hold("A", "one", 1).await;
    let two = service.hold("A", "two", 1).await;
    service.hold("A", "three", 1).await;
    let large = service.wait("A", "large", 2).await;
    let small = service.wait("A", "small", 1).await;
    service.cancel(&one).await.is(200);
    assert_eq!(service.status(&large).await, "WAITLISTED");
    assert_eq!(service.status(&small).await, "WAITLISTED");
    assert_eq!(service.counts("A").await, [1, 2, 0, 3, 2]);
    service.cancel(&two).await.is(200);
    assert_eq!(service.status(&large).await, "RESERVED");
    assert_eq!(service.status(&small).await, "WAITLISTED");
    service.finish().await;
}

#[tokio::test]
async fn a_head_that_leaves_lets_all_who_fit_through() {
    let service = Service::start().await;
    service.stock("A", 3).await;
    service.hold("A", "holder", 1).await;
    let large = service.wait("A", "large", 3).await;
    let small = service.wait("A", "small", 1).await;
    let other = service.wait("A", "other", 1).await;
    let last = service.wait("A", "last", 1).await;
    service.cancel(&large).await.is(200);
    for (id, status) in [
        (&small, "RESERVED"),
        (&other, "RESERVED"),
        (&last, "WAITLISTED"),
    ] {
        assert_eq!(service.status(id).await, status);
    }
    assert_eq!(service.counts("A").await, [0, 3, 0, 3, 1]);
    service.finish().await;
}

#[tokio::test]
async fn leaving_the_middle_of_the_waitlist_moves_those_behind_up() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "holder", 1).await;
    let first = service.wait("A", "first", 1).await;
    let second = service.wait("A", "second", 1).await;
    let third = service.wait("A", "third", 1).await;
    service.cancel(&second).await.is(200);
    let place = service.reservation(&third).await["waitlist"].clone();
    assert_eq!(
        place,
        json!({"sequence": 3, "position": 2, "servable": true})
    );
    service.cancel(&held).await.is(200);
    assert_eq!(service.status(&first).await, "RESERVED");
    let place = service.reservation(&third).await["waitlist"].clone();
    assert_eq!(
        place,
        json!({"sequence": 3, "position": 1, "servable": true})
    );
    service.finish().await;
}

#[tokio::test]
async fn one_cancelled_hold_serves_several() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    let held = service.hold("A", "holder", 5).await;
    for user in ["a", "b", "c", "d"] {
        service.wait("A", user, 2).await;
    }
    service.cancel(&held).await.is(200);
    assert_eq!(service.counts("A").await, [1, 4, 0, 5, 2]);
    let promoted = service
        .get("/reservations?sku=A&status=RESERVED")
        .await
        .is(200);
    let mut users = strings(&promoted["items"], "user_id");
    users.sort();
    assert_eq!(users, ["a", "b"]);
    service.finish().await;
}

#[tokio::test]
async fn a_sale_does_not_move_the_waitlist() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "holder", 1).await;
    let waiting = service.wait("A", "userA", 1).await;
    service.confirm(&held).await.is(200);
    assert_eq!(service.status(&waiting).await, "WAITLISTED");
    let restocked = service.restock("A", 1).await.is(200);
    assert_eq!(restocked["promoted"], 1);
    assert_eq!(service.status(&waiting).await, "RESERVED");
    service.finish().await;
}

#[tokio::test]
async fn the_seven_steps_of_the_demo_go_as_told() {
    let service = Service::start().await;
    service.stock("SKU123", 1).await;
    let first = service.hold("SKU123", "userA", 1).await;
    let second = service.wait("SKU123", "userB", 1).await;
    service.cancel(&first).await.is(200);
    assert_eq!(service.status(&second).await, "RESERVED");
    service.confirm(&second).await.is(200);
    let health = service.get("/analytics/inventory/SKU123").await.is(200);
    assert_eq!(health["status"], "OUT_OF_STOCK");
    assert_eq!(health["available_inventory"], 0);
    assert_eq!(health["sold_inventory"], 1);
    assert_eq!(
        service.kinds("SKU123").await,
        [
            "INITIALIZED",
            "RESERVED",
            "WAITLISTED",
            "CANCELLED",
            "PROMOTED",
            "CONFIRMED"
        ]
    );
    service.finish().await;
}
