//! Fairness: how earlier holds ended decides how long the next one lasts.

use serde_json::{Value, json};

use crate::service::{Service, id};

const WEEK: f64 = 7.0 * 86_400.0;

async fn behavior(service: &Service, user: &str) -> Value {
    service
        .get(&format!("/users/{user}/behavior"))
        .await
        .is(200)
}

/// Lets `count` holds of the user run out.
async fn abandon(service: &Service, sku: &str, user: &str, count: usize) {
    for _ in 0..count {
        service.hold(sku, user, 1).await;
        service.pass(sku, 300.0).await;
    }
    // A command on the SKU ends what is due, whatever the job has done.
    service.restock(sku, 1).await.is(200);
}

fn assert_near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() < 0.01, "{value} is not {expected}");
}

#[tokio::test]
async fn a_user_never_seen_is_a_newcomer() {
    let service = Service::start().await;
    let nobody = behavior(&service, "nobody").await;
    for count in ["confirmed_count", "cancelled_count", "expired_count"] {
        assert_eq!(nobody[count], 0, "{count}");
    }
    assert_eq!(nobody["user_id"], "nobody");
    assert_eq!(nobody["score"], 1.0);
    assert_eq!(nobody["tier"], "full");
    assert_eq!(nobody["ttl_seconds"], 300);
    assert_eq!(nobody["reason"], "no abandoned holds");
    service.finish().await;
}

#[tokio::test]
async fn abandoned_holds_shorten_the_next_one_tier_by_tier() {
    let service = Service::start().await;
    service.stock("A", 10).await;
    for (more, tier, ttl, score) in [
        (1, "full", 300, 3.0 / 4.0),
        (1, "reduced", 180, 3.0 / 5.0),
        (3, "minimal", 60, 3.0 / 8.0),
    ] {
        abandon(&service, "A", "userA", more).await;
        forget_confirmations(&service, "userA").await;
        let known = behavior(&service, "userA").await;
        assert_eq!(known["tier"], tier, "{known}");
        assert_eq!(known["ttl_seconds"], ttl);
        assert_near(&known["score"], score);
        let held = service.reserve("A", "userA", 1).await.is(201);
        assert_eq!(held["fairness"]["tier"], tier);
        assert_near(&held["fairness"]["score"], score);
        assert_ne!(held["fairness"]["reason"], "no abandoned holds");
        assert_eq!(held["ttl_seconds"], ttl);
        let confirmed = service.confirm(&id(&held)).await.is(200);
        assert_eq!(confirmed["fairness"], held["fairness"]);
    }
    service.finish().await;
}

/// Lets earlier confirmations weigh nothing, so that the scores stay those of the table.
async fn forget_confirmations(service: &Service, user: &str) {
    sqlx::query!(
        "update user_behavior set confirmed_weight = 0 where user_id = $1",
        user
    )
    .execute(&service.books)
    .await
    .unwrap();
}

/// Lets the user have sold holds on 64 other SKUs, later than any on `A`.
async fn plant_later_behavior(service: &Service, user: &str) {
    sqlx::query!(
        r#"
        insert into user_behavior (
            sku, user_id, confirmed_count, cancelled_count, expired_count, confirmed_weight,
            abandoned_weight, weighted_at
        )
        select 'OTHER-' || n, $1::text, 1, 0, 0, 1, 0, clock_timestamp()
        from generate_series(1, 64) as n
        "#,
        user,
    )
    .execute(&service.books)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_user_is_judged_by_the_64_skus_where_holds_ended_last() {
    let service = Service::start().await;
    service.stock("A", 90).await;
    abandon(&service, "A", "userA", 30).await;
    assert_eq!(behavior(&service, "userA").await["tier"], "minimal");
    plant_later_behavior(&service, "userA").await;
    // The row of A is the 65th.
    let known = behavior(&service, "userA").await;
    assert_eq!(
        (&known["confirmed_count"], &known["expired_count"]),
        (&json!(64), &json!(0))
    );
    let held = service.reserve("A", "userA", 1).await.is(201);
    assert_eq!(held["fairness"]["score"], 1.0);
    // It is added to all the same, and is the latest one from now on.
    service.cancel(&id(&held)).await.is(200);
    let known = behavior(&service, "userA").await;
    let counts = ["confirmed_count", "cancelled_count", "expired_count"].map(|name| &known[name]);
    assert_eq!(counts, [&json!(63), &json!(1), &json!(30)]);
    let held = service.reserve("A", "userA", 1).await.is(201);
    assert_near(&held["fairness"]["score"], known["score"].as_f64().unwrap());
    sqlx::query!("delete from user_behavior where sku <> 'A'")
        .execute(&service.books)
        .await
        .unwrap();
    service.finish().await;
}

#[tokio::test]
async fn the_share_is_taken_of_the_time_of_the_sku() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    abandon(&service, "A", "userA", 2).await;
    let body = json!({"sku": "B", "quantity": 1, "hold_ttl_seconds": 100});
    service.post("/inventory/init", &body).await.is(201);
    let held = service.reserve("B", "userA", 1).await.is(201);
    assert_eq!(held["ttl_seconds"], 60);
    service.finish().await;
}

#[tokio::test]
async fn outcomes_lose_half_of_their_weight_in_a_week() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    abandon(&service, "A", "userA", 5).await;
    for (tier, abandoned) in [("minimal", 5.0), ("reduced", 2.5), ("full", 1.25)] {
        let known = behavior(&service, "userA").await;
        assert_eq!(known["tier"], tier, "{known}");
        assert_near(&known["score"], 3.0 / (3.0 + abandoned));
        assert_eq!(known["expired_count"], 5);
        service.pass("A", WEEK).await;
    }
    service.finish().await;
}

#[tokio::test]
async fn a_confirmation_counts_one_and_a_cancelled_hold_half() {
    let service = Service::start().await;
    service.stock("A", 5).await;
    service.stock("B", 5).await;
    for sku in ["A", "B"] {
        let bought = service.hold(sku, "userA", 1).await;
        service.confirm(&bought).await.is(200);
        service.confirm(&bought).await.is(200);
        let dropped = service.hold(sku, "userA", 1).await;
        service.cancel(&dropped).await.is(200);
        service.cancel(&dropped).await.is(200);
    }
    let known = behavior(&service, "userA").await;
    assert_eq!(known["confirmed_count"], 2);
    assert_eq!(known["cancelled_count"], 2);
    assert_eq!(known["expired_count"], 0);
    assert_near(&known["score"], 5.0 / 6.0);
    service.finish().await;
}

#[tokio::test]
async fn attempts_and_leaving_the_waitlist_count_nothing() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    service.hold("A", "holder", 1).await;
    for _ in 0..3 {
        let waiting = service.wait("A", "userA", 1).await;
        service.reserve("A", "userA", 1).await.is(200);
        service
            .reserve("A", "userA", 9)
            .await
            .refused(409, "live-reservation-exists");
        service
            .confirm(&waiting)
            .await
            .refused(409, "not-confirmable");
        service.cancel(&waiting).await.is(200);
    }
    let known = behavior(&service, "userA").await;
    assert_eq!(known["score"], 1.0);
    assert_eq!(known["cancelled_count"], 0);
    service.finish().await;
}

#[tokio::test]
async fn a_promotion_doubles_the_time_of_the_tier_at_that_moment() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    service.stock("B", 5).await;
    let held = service.hold("A", "holder", 1).await;
    let waiting = service.reserve("A", "userA", 1).await.is(202);
    assert_eq!(waiting["fairness"]["tier"], "full");
    abandon(&service, "B", "userA", 2).await;
    service.cancel(&held).await.is(200);
    let promoted = service.reservation(&id(&waiting)).await;
    assert_eq!(promoted["fairness"]["tier"], "reduced");
    assert_eq!(promoted["ttl_seconds"], 360);
    service.finish().await;
}

#[tokio::test]
async fn thresholds_shares_and_factors_are_settings() {
    let service = Service::with(&[
        "--fairness-full-threshold=0.8",
        "--fairness-reduced-threshold=0.1",
        "--fairness-reduced-share=0.5",
        "--fairness-promotion-factor=3",
        "--hold-ttl-seconds=1000",
    ])
    .await;
    let body = json!({"sku": "A", "quantity": 5, "hold_ttl_seconds": 300});
    service.post("/inventory/init", &body).await.is(201);
    abandon(&service, "A", "userA", 1).await;
    let known = behavior(&service, "userA").await;
    assert_eq!(known["tier"], "reduced");
    assert_eq!(known["ttl_seconds"], 500);
    service.stock("B", 1).await;
    let held = service.reserve("B", "holder", 1).await.is(201);
    assert_eq!(held["ttl_seconds"], 1000);
    let waiting = service.wait("B", "newcomer", 1).await;
    service.cancel(&id(&held)).await.is(200);
    assert_eq!(service.reservation(&waiting).await["ttl_seconds"], 3000);
    service.finish().await;
}
