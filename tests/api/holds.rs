//! `GET /analytics/inventory/{sku}/holds`: how holds ended, and who kept stock from the others.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::service::Service;

fn close(found: &Value, expected: f64) -> bool {
    (found.as_f64().unwrap() - expected).abs() < 1e-6
}

/// Unit-minutes of an ended hold, from what its reservation tells.
async fn minutes(service: &Service, id: &str) -> f64 {
    let shown = service.reservation(id).await;
    let time = |name: &str| -> DateTime<Utc> { shown[name].as_str().unwrap().parse().unwrap() };
    let ended = match shown["status"].as_str().unwrap() {
        "EXPIRED" => time("expires_at"),
        _ => time("updated_at"),
    };
    let given = shown["ttl_seconds"].as_f64().unwrap();
    let left = (time("expires_at") - ended).as_seconds_f64();
    shown["quantity"].as_f64().unwrap() * (given - left) / 60.0
}

#[tokio::test]
async fn holds_are_counted_and_weighed_by_how_they_ended() {
    let service = Service::start().await;
    service.stock("A", 4).await;
    let given_up = service.hold("A", "hoarder", 2).await;
    service.pass("A", 60.0).await;
    service.cancel(&given_up).await.is(200);
    let sold = service.hold("A", "buyer", 1).await;
    service.pass("A", 120.0).await;
    service.confirm(&sold).await.is(200);
    let lapsed = service.hold("A", "hoarder", 3).await;
    let promoted = service.wait("A", "patient", 2).await;
    let left = service.wait("A", "leaver", 1).await;
    service.cancel(&left).await.is(200);
    service.pass("A", 300.0).await;
    service.until_status(&promoted, "RESERVED").await;
    service.pass("A", 30.0).await;
    service.confirm(&promoted).await.is(200);
    service.hold("A", "holder", 1).await;
    service.pass("A", 60.0).await;

    let mut each = Vec::new();
    for id in [&given_up, &sold, &lapsed, &promoted] {
        each.push(minutes(&service, id).await);
    }
    let [given_up, sold, lapsed, promoted] = each[..] else {
        panic!("{each:?}");
    };
    assert!((2.0..2.9).contains(&given_up) && (2.0..2.9).contains(&sold));
    assert!((lapsed - 15.0).abs() < 1e-6 && (1.0..1.9).contains(&promoted));

    let found = service.get("/analytics/inventory/A/holds").await.is(200);
    assert_eq!(found["sku"], "A");
    for (name, count) in [
        ("active_count", 1),
        ("ended_count", 4),
        ("confirmed_count", 2),
        ("cancelled_count", 1),
        ("expired_count", 1),
    ] {
        assert_eq!(found[name], json!(count), "{name}: {found}");
    }
    assert!(close(&found["confirmed_share"], 0.5), "{found}");
    assert!(
        close(&found["unsold_unit_minutes"], given_up + lapsed),
        "{found}"
    );
    let ended = given_up + sold + lapsed + promoted;
    let active = found["held_unit_minutes"].as_f64().unwrap() - ended;
    assert!((1.0..1.9).contains(&active), "{active} of {found}");

    let users = found["top_users"].as_array().unwrap();
    let names: Vec<_> = users.iter().map(|user| &user["user_id"]).collect();
    assert_eq!(names[0], "hoarder");
    assert_eq!(users.len(), 4, "who only waited held nothing: {names:?}");
    assert_eq!(users[0]["hold_count"], 2);
    assert_eq!(users[0]["confirmed_count"], 0);
    assert!(close(&users[0]["held_unit_minutes"], given_up + lapsed));
    assert!(close(&users[0]["unsold_unit_minutes"], given_up + lapsed));
    let buyer = users.iter().find(|user| user["user_id"] == "buyer");
    assert!(close(&buyer.unwrap()["held_unit_minutes"], sold));
    assert!(close(&buyer.unwrap()["unsold_unit_minutes"], 0.0));
    service.finish().await;
}

/// Moves the reservations of A alone, and no other row of it.
async fn shift(service: &Service, seconds: f64) {
    sqlx::query!(
        r#"
        update reservations
        set
            created_at = created_at + make_interval(secs => $1),
            updated_at = updated_at + make_interval(secs => $1),
            expires_at = expires_at + make_interval(secs => $1)
        where sku = 'A'
        "#,
        seconds,
    )
    .execute(&service.books)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_due_hold_counts_as_expired_before_the_sweep() {
    let service = Service::start().await;
    service.stock("A", 4).await;
    let id = service.hold("A", "userA", 2).await;
    let lock = service.lock("A").await;
    shift(&service, -500.0).await;
    let found = service.get("/analytics/inventory/A/holds").await.is(200);
    let stored = sqlx::query_scalar!(r#"select status::text as "status!" from reservations"#);
    let stored = stored.fetch_one(&service.books).await.unwrap();
    assert_eq!(stored, "RESERVED", "the job can't have come by");
    assert_eq!(found["expired_count"], 1, "{found}");
    assert!(close(&found["unsold_unit_minutes"], 10.0), "{found}");
    shift(&service, 500.0).await;
    lock.commit().await.unwrap();
    service.cancel(&id).await.is(200);
    service.finish().await;
}

#[tokio::test]
async fn only_reservations_in_the_time_range_count() {
    let service = Service::start().await;
    service.stock("A", 4).await;
    let empty = json!({
        "active_count": 0, "ended_count": 0, "confirmed_count": 0, "cancelled_count": 0,
        "expired_count": 0, "confirmed_share": null, "held_unit_minutes": 0.0,
        "unsold_unit_minutes": 0.0, "top_users": [],
    });
    let is_empty = |found: &Value| {
        let expected = empty.as_object().unwrap();
        expected.iter().all(|(name, value)| found[name] == *value)
    };
    let path = "/analytics/inventory/A/holds";
    assert!(is_empty(&service.get(path).await.is(200)));
    service.hold("A", "userA", 1).await;
    let stretch = "from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z";
    let past = service.get(&format!("{path}?{stretch}")).await.is(200);
    assert!(is_empty(&past), "{past}");
    let now = service.get(path).await.is(200);
    assert_eq!(now["active_count"], 1, "{now}");
    service.finish().await;
}

#[tokio::test]
async fn the_ten_users_who_held_most_are_named() {
    let service = Service::start().await;
    service.stock("A", 200).await;
    for number in 1..=12 {
        service.hold("A", &format!("user{number:02}"), number).await;
    }
    service.pass("A", 60.0).await;
    let found = service.get("/analytics/inventory/A/holds").await.is(200);
    let users = found["top_users"].as_array().unwrap().iter();
    let names: Vec<_> = users
        .map(|user| user["user_id"].as_str().unwrap())
        .collect();
    let expected: Vec<_> = (3..=12).rev().map(|n| format!("user{n:02}")).collect();
    assert_eq!(names, expected);
    assert_eq!(found["active_count"], 12);
    service.finish().await;
}
