//! Who wants more than is unsold keeps their place, and does not hold up those behind.

use fairhold_test_kit::fill_waitlist_with;
use serde_json::json;

use crate::service::Service;

/// A SKU of 100 units of which one is sold, and somebody who waits for all 100.
async fn beside_one_who_wants_all(waitlist_limit: Option<i64>) -> (Service, String) {
    let service = Service::start().await;
    let body = json!({"sku": "A", "quantity": 100, "waitlist_limit": waitlist_limit});
    service.post("/inventory/init", &body).await.is(201);
    let sold = service.hold("A", "buyer", 1).await;
    service.confirm(&sold).await.is(200);
    let all = service.reserve("A", "all", 100).await.is(202);
    let place = json!({"sequence": 1, "position": 1, "servable": false});
    assert_eq!(all["waitlist"], place);
    let all = all["reservation_id"].as_str().unwrap().to_owned();
    (service, all)
}

#[tokio::test]
async fn newcomers_get_free_units_beside_one_who_wants_more_than_is_unsold() {
    let (service, all) = beside_one_who_wants_all(None).await;
    for n in 0..20 {
        service.hold("A", &format!("small-{n}"), 1).await;
    }
    assert_eq!(service.counts("A").await, [79, 20, 1, 100, 1]);
    assert_eq!(service.status(&all).await, "WAITLISTED");
    service.finish().await;
}

#[tokio::test]
async fn a_restock_gives_the_turn_back_to_one_who_was_not_servable() {
    let (service, all) = beside_one_who_wants_all(None).await;
    let small = service.hold("A", "small", 1).await;
    service.restock("A", 1).await.is(200);
    let place = service.reservation(&all).await["waitlist"].clone();
    assert_eq!(
        place,
        json!({"sequence": 1, "position": 1, "servable": true})
    );
    // The free units are for the one who waited first.
    service.wait("A", "late", 1).await;
    service.cancel(&small).await.is(200);
    assert_eq!(service.status(&all).await, "RESERVED");
    assert_eq!(service.counts("A").await, [0, 100, 1, 101, 1]);
    service.finish().await;
}

#[tokio::test]
async fn a_full_waitlist_does_not_make_free_units_sold_out() {
    let (service, _all) = beside_one_who_wants_all(Some(1)).await;
    service.hold("A", "small", 1).await;
    let too_many = service.reserve("A", "large", 99).await;
    too_many.refused(409, "sold-out");
    service.hold("A", "other", 98).await;
    service.finish().await;
}

#[tokio::test]
async fn a_confirmation_serves_those_behind_one_who_is_no_longer_servable() {
    let service = Service::start().await;
    service.stock("A", 4).await;
    let held = service.hold("A", "holder", 3).await;
    let all = service.wait("A", "all", 4).await;
    let small = service.wait("A", "small", 1).await;
    assert_eq!(service.counts("A").await, [1, 3, 0, 4, 2]);
    service.confirm(&held).await.is(200);
    assert_eq!(service.status(&small).await, "RESERVED");
    assert_eq!(service.status(&all).await, "WAITLISTED");
    assert_eq!(service.counts("A").await, [0, 1, 3, 4, 1]);
    service.finish().await;
}

#[tokio::test]
async fn stock_that_is_taken_away_lets_others_pass_those_who_want_more_than_is_left() {
    let service = Service::start().await;
    service.stock("A", 6).await;
    let held = service.hold("A", "holder", 1).await;
    let six = service.wait("A", "six", 6).await;
    let five = service.wait("A", "five", 5).await;
    let two = service.wait("A", "two", 2).await;
    service.restock("A", -2).await.is(200);
    assert_eq!(service.status(&two).await, "RESERVED");
    for waiting in [&six, &five] {
        let place = service.reservation(waiting).await["waitlist"].clone();
        assert_eq!(place["servable"], false);
    }
    service.cancel(&held).await.is(200);
    assert_eq!(service.counts("A").await, [2, 2, 0, 4, 2]);
    service.restock("A", 1).await.is(200);
    service.cancel(&two).await.is(200);
    assert_eq!(service.status(&five).await, "RESERVED");
    assert_eq!(service.status(&six).await, "WAITLISTED");
    service.finish().await;
}

#[tokio::test]
async fn a_sold_out_sku_and_one_before_its_first_delivery_take_waiters() {
    let service = Service::start().await;
    service.stock("SOLD", 1).await;
    let sold = service.hold("SOLD", "buyer", 1).await;
    service.confirm(&sold).await.is(200);
    service.stock("SOON", 0).await;
    for (sku, quantity) in [("SOLD", 1), ("SOON", 7)] {
        let waiting = service.wait(sku, "waiting", quantity).await;
        let place = service.reservation(&waiting).await["waitlist"].clone();
        assert_eq!(place["servable"], false);
        service.restock(sku, quantity).await.is(200);
        assert_eq!(service.status(&waiting).await, "RESERVED");
    }
    service.finish().await;
}

#[tokio::test]
async fn a_list_tells_who_is_servable() {
    let (service, _all) = beside_one_who_wants_all(None).await;
    service.hold("A", "holder", 90).await;
    service.wait("A", "some", 20).await;
    for list in [
        "/inventory/A/waitlist",
        "/reservations?sku=A&status=WAITLISTED",
    ] {
        let page = service.get(list).await.is(200);
        let mut servable: Vec<_> = page["items"].as_array().unwrap().iter().collect();
        servable.sort_by_key(|item| item["waitlist"]["sequence"].as_i64());
        let servable = servable.iter().map(|item| &item["waitlist"]["servable"]);
        assert_eq!(
            servable.collect::<Vec<_>>(),
            [&json!(false), &json!(true)],
            "{list}"
        );
    }
    service.finish().await;
}

#[tokio::test]
async fn those_behind_many_who_are_not_servable_are_served_in_order() {
    let service = Service::start().await;
    service.stock("A", 3).await;
    let held = service.hold("A", "holder", 3).await;
    fill_waitlist_with(&service.books, "A", 5_000, 4).await;
    let behind = [
        service.wait("A", "two", 2).await,
        service.wait("A", "one", 1).await,
        service.wait("A", "late", 1).await,
    ];
    service.cancel(&held).await.is(200);
    for (id, status) in behind.iter().zip(["RESERVED", "RESERVED", "WAITLISTED"]) {
        assert_eq!(service.status(id).await, status);
    }
    service.finish().await;
}
