//! `GET /analytics/inventory/{sku}/history`: the stock over time, from the ledger.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::service::Service;

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// What an entry does to the four counters and to the line.
fn step(entry: &Value) -> [i64; 5] {
    let delta = |name: &str| entry[name].as_i64().unwrap();
    let line = match entry["kind"].as_str().unwrap() {
        "WAITLISTED" => 1,
        "PROMOTED" => -1,
        "CANCELLED" if delta("available_delta") == 0 => -1,
        _ => 0,
    };
    [
        delta("available_delta"),
        delta("reserved_delta"),
        delta("sold_delta"),
        delta("total_delta"),
        line,
    ]
}

/// The ledger replayed from its first entry up to an instant.
fn replayed(ledger: &[Value], at: DateTime<Utc>) -> [i64; 5] {
    let until = ledger
        .iter()
        .filter(|entry| time(&entry["recorded_at"]) <= at);
    until.map(step).fold([0; 5], |mut sum, step| {
        for (sum, step) in sum.iter_mut().zip(step) {
            *sum += step;
        }
        sum
    })
}

fn shown(point: &Value) -> [i64; 5] {
    [
        "available_quantity",
        "reserved_quantity",
        "sold_quantity",
        "total_quantity",
        "waitlist_size",
    ]
    .map(|name| point[name].as_i64().unwrap())
}

/// A sale of some hours in which everything happens that can happen.
async fn hours_of_sale(service: &Service) -> Vec<Value> {
    service.stock("A", 4).await;
    service.stock("other", 1).await;
    for round in 0..6 {
        let user = |name: &str| format!("{name}{round}");
        service.pass("A", 700.0).await;
        let held = service.hold("A", &user("holds"), 3).await;
        service.pass("A", 40.0).await;
        let waiting = service.wait("A", &user("waits"), 2).await;
        let leaving = service.wait("A", &user("leaves"), 1).await;
        service.hold("other", &user("other"), 1).await;
        service.pass("A", 50.0).await;
        service.cancel(&leaving).await.is(200);
        service.pass("other", 300.0).await;
        service.cancel(&held).await.is(200);
        service.pass("A", 30.0).await;
        service.confirm(&waiting).await.is(200);
        service.hold("A", &user("lapses"), 2).await;
        service.pass("A", 300.0).await;
        service.restock("A", 2).await.is(200);
    }
    let ledger = service.get("/inventory/A/ledger?limit=200").await.is(200);
    ledger["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_point_matches_the_replayed_ledger() {
    let service = Service::start().await;
    let ledger = hours_of_sale(&service).await;
    assert!(ledger.len() > 40, "{}", ledger.len());
    let (first, last) = (&ledger[0], ledger.last().unwrap());
    let (born, end) = (time(&first["recorded_at"]), time(&last["recorded_at"]));
    let middle = time(&ledger[20]["recorded_at"]);
    let tick = TimeDelta::microseconds(1);
    let day = TimeDelta::days(1);
    for (from, to, buckets) in [
        (born - day, end, 500),
        (born, end, 1),
        (born, middle, 7),
        (middle, end, 120),
        (middle - tick, middle, 1),
        (middle, middle + tick, 1),
        (middle - tick, middle + tick, 2),
        (born - day, born - tick, 3),
        (end - tick, end, 1),
    ] {
        let path = format!(
            "/analytics/inventory/A/history?from={}&to={}&buckets={buckets}",
            written(from),
            written(to)
        );
        let history = service.get(&path).await.is(200);
        assert_eq!((time(&history["from"]), time(&history["to"])), (from, to));
        let points = history["items"].as_array().unwrap();
        assert_eq!(points.len(), buckets);
        assert_eq!(time(&points[buckets - 1]["at"]), to);
        for point in points {
            let expected = replayed(&ledger, time(&point["at"]));
            assert_eq!(shown(point), expected, "{path}: {point}");
        }
    }
    service.finish().await;
}

#[tokio::test]
async fn by_default_a_history_begins_with_the_sku_and_ends_now() {
    let service = Service::start().await;
    service.stock("A", 4).await;
    let sold = service.hold("A", "userA", 1).await;
    service.confirm(&sold).await.is(200);
    service.pass("A", 3_600.0).await;
    let inventory = service.inventory("A").await;
    let history = service.get("/analytics/inventory/A/history").await.is(200);
    assert_eq!(history["sku"], "A");
    assert_eq!(history["from"], inventory["created_at"]);
    let points = history["items"].as_array().unwrap();
    assert_eq!(points.len(), 120);
    let seconds = history["bucket_seconds"].as_f64().unwrap();
    let length = time(&history["to"]) - time(&history["from"]);
    assert!((seconds * 120.0 - length.as_seconds_f64()).abs() < 1e-3);
    let last = points.last().unwrap();
    assert_eq!(last["at"], history["to"]);
    assert_eq!(shown(last), service.counts("A").await);

    service.pass("A", 90_000.0).await;
    let history = service.get("/analytics/inventory/A/history").await.is(200);
    let length = time(&history["to"]) - time(&history["from"]);
    assert_eq!(length, TimeDelta::days(1));
    service.finish().await;
}

#[tokio::test]
async fn the_future_has_no_history() {
    let service = Service::start().await;
    service.stock("A", 4).await;
    let path = "/analytics/inventory/A/history?to=2999-01-01T00:00:00Z";
    let history = service.get(path).await.is(200);
    assert!(time(&history["to"]) < time(&json!("2999-01-01T00:00:00Z")));
    let path = "/analytics/inventory/A/history?from=2999-01-01T00:00:00Z";
    service.get(path).await.at_fault(&["from"]);
    service.finish().await;
}

#[tokio::test]
async fn an_invalid_time_range_is_reported() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    for what in ["history", "holds"] {
        let path = |query: &str| format!("/analytics/inventory/A/{what}?{query}");
        for (query, fields) in [
            ("from=yesterday", &["from"][..]),
            ("to=2026-01-01", &["to"]),
            ("from=1&to=2", &["from", "to"]),
            ("from=1969-12-31T23:59:59Z", &["from"]),
            (
                "from=2020-01-02T00:00:00Z&to=2020-01-01T00:00:00Z",
                &["from"],
            ),
            (
                "from=2020-01-01T00:00:00Z&to=2020-01-01T00:00:00Z",
                &["from"],
            ),
            ("until=now", &["until"]),
        ] {
            service.get(&path(query)).await.at_fault(fields);
        }
        let none = format!("/analytics/inventory/none/{what}");
        service.get(&none).await.refused(404, "unknown-sku");
        let none = format!("/analytics/inventory/a%20b/{what}");
        service.get(&none).await.at_fault(&["sku"]);
    }
    for buckets in ["0", "501", "-1", "many", "1.5"] {
        let path = format!("/analytics/inventory/A/history?buckets={buckets}");
        service.get(&path).await.at_fault(&["buckets"]);
    }
    let long = "/analytics/inventory/A/holds?from=2020-01-01T00:00:00Z&to=2020-02-02T00:00:00Z";
    service.get(long).await.at_fault(&["from"]);
    let month = "/analytics/inventory/A/holds?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z";
    service.get(month).await.is(200);
    service.finish().await;
}
