//! The rules' figures, from the books.

use futures_util::future::join_all;
use serde_json::json;

use crate::service::{Service, id};

async fn stock_for_a_day(service: &Service, sku: &str, quantity: i64) {
    let body = json!({"sku": sku, "quantity": quantity, "hold_ttl_seconds": 86400});
    service.post("/inventory/init", &body).await.is(201);
}

async fn summary(service: &Service, sku: &str) -> String {
    // What is remembered of this version must not count: times alone have changed.
    let fresh = service.another().await;
    let told = fresh.told(sku).await;
    fresh.finish().await;
    assert_eq!(told["source"], "rules");
    told["summary"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_pace_is_that_of_the_last_minutes() {
    let service = Service::start().await;
    stock_for_a_day(&service, "A", 100).await;
    let sold = service.hold("A", "userA", 20).await;
    service.confirm(&sold).await.is(200);
    let given_back = service.hold("A", "userB", 10).await;
    service.cancel(&given_back).await.is(200);
    service.pass("A", 301.0).await;
    assert_eq!(
        summary(&service, "A").await,
        "20 of 100 units sold, 0 held, 80 available. 30 units were reserved and 20 sold in the \
         last 5 minutes. At that pace the available stock lasts about 20 minutes: restock now to \
         go on selling."
    );
    service.pass("A", 300.0).await;
    assert_eq!(
        summary(&service, "A").await,
        "20 of 100 units sold, 0 held, 80 available. Nothing was reserved or sold in the last 10 \
         minutes. The stock does not run out at that pace: there is nothing to do."
    );
    service.finish().await;
}

#[tokio::test]
async fn the_line_is_compared_with_the_last_minutes() {
    let service = Service::start().await;
    stock_for_a_day(&service, "A", 1).await;
    service.hold("A", "userA", 1).await;
    for number in 0..3 {
        service.wait("A", &format!("early{number}"), 1).await;
    }
    service.pass("A", 700.0).await;
    let late = service.wait("A", "late1", 1).await;
    service.wait("A", "late2", 1).await;
    service.wait("A", "late3", 1).await;
    service.cancel(&late).await.is(200);
    service.restock("A", 1).await.is(200);
    assert_eq!(
        summary(&service, "A").await,
        "0 of 2 units sold, 2 held, 0 available. 4 reservations wait for 4 units, 1 more than 10 \
         minutes ago. Restocking 4 units would serve them all; stock that comes free goes to them \
         first, in their order."
    );
    service.finish().await;
}

#[tokio::test]
async fn only_holds_that_ended_lately_tell_of_abandonment() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    for number in 0..5 {
        service.hold("A", &format!("user{number}"), 1).await;
    }
    service.pass("A", 301.0).await;
    service.until_counted("A", [5, 0, 0, 5, 0]).await;
    let abandoned = "Of 5 holds that ended within the last hour, 5 ended without a sale: consider \
                     holds shorter than 5 minutes for the next sale.";
    let said = summary(&service, "A").await;
    assert!(said.ends_with(abandoned), "{said}");
    service.pass("A", 3600.0).await;
    let said = summary(&service, "A").await;
    assert!(!said.contains("ended"), "{said}");
    service.finish().await;
}

#[tokio::test]
async fn of_a_hot_sku_only_the_latest_changes_are_read() {
    let service = Service::start().await;
    service.stock("A", 5000).await;
    service.pass("A", 500.0).await;
    let bought = (0..1010).map(async |number| {
        let held = service.reserve("A", &format!("user{number}"), 1).await;
        service.confirm(&id(&held.is(201))).await.is(200);
    });
    join_all(bought).await;
    let said = summary(&service, "A").await;
    assert!(
        said.starts_with("1010 of 5000 units sold, 0 held"),
        "{said}"
    );
    // 2,000 of the 2,020 changes, which lie within seconds; else it would be 8 minutes.
    assert!(said.contains("units were reserved and"), "{said}");
    assert!(!said.contains(" 1010 units were reserved"), "{said}");
    assert!(!said.contains("8 minutes"), "{said}");
    service.finish().await;
}

#[tokio::test]
async fn of_a_hot_sku_no_hour_is_told_that_was_not_read() {
    let service = Service::start().await;
    service.stock("A", 5000).await;
    let given_up = (0..1010).map(async |number| {
        let held = service.reserve("A", &format!("user{number}"), 1).await;
        service.cancel(&id(&held.is(201))).await.is(200);
    });
    join_all(given_up).await;
    let said = summary(&service, "A").await;
    let found = said
        .split_once("Of the latest ")
        .unwrap_or_else(|| panic!("{said}"));
    let number = found.1.split_once(" holds that ended, ").unwrap().0;
    assert!((900..=1010).contains(&number.parse().unwrap()), "{said}");
    assert!(!said.contains("hour"), "{said}");
    service.finish().await;
}

impl Service {
    async fn until_counted(&self, sku: &str, counts: [i64; 5]) {
        fairhold_test_kit::eventually("the counts are as expected", async || {
            (self.counts(sku).await == counts).then_some(())
        })
        .await;
    }
}
