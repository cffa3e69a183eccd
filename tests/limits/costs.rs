//! The costs of requests, the headers of responses, and what is never limited.

use fairhold_test_kit::Deployment;

use crate::requests::{confirm, left, metric, quota, read, reserve, unlimited};

#[tokio::test]
async fn a_request_over_the_limit_gets_retry_after_and_changes_nothing() {
    let site = Deployment::new().await;
    let limited = site.serve(&[&quota("address", 8)]).await;
    limited.stock("SKU", 5, "").await;
    let passed = limited.reserve("SKU", "anna", "").await;
    passed.is(201);
    let policy = Some("\"address\";q=8;w=480");
    assert_eq!(passed.header("ratelimit-policy"), policy);
    assert_eq!(left(&passed, "address"), 0);

    let refused = limited.reserve("SKU", "ben", "").await;
    refused.refused(429, "rate-limited");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((200..=240).contains(&wait), "{refused:?}");
    assert_eq!(refused.header("ratelimit-policy"), policy);
    assert_eq!(left(&refused, "address"), 0);

    let other = unlimited(&site).await;
    let sku = other.get("/inventory/SKU", "").await.is(200);
    assert_eq!(sku["available_quantity"], 4, "{sku}");
    let counted = r#"fairhold_rate_limit_refused_total{limit="address"}"#;
    assert_eq!(metric(&limited, counted, "").await, Some(1.0));
    site.assert_clean().await;
}

#[tokio::test]
async fn monitoring_is_never_limited() {
    let site = Deployment::new().await;
    let limited = site.serve(&[&quota("address", 4)]).await;
    for path in ["/livez", "/readyz", "/health", "/metrics"] {
        for _ in 0..6 {
            let answer = limited.get(path, "").await;
            assert_eq!(answer.status, 200, "{path}: {answer:?}");
            assert_eq!(answer.header("ratelimit"), None, "{path}");
        }
    }
    assert_eq!(left(&read(&limited, &[]).await, "address"), 3);
}

#[tokio::test]
async fn a_read_costs_a_quarter_of_a_command() {
    let site = Deployment::new().await;
    let limited = site.serve(&[&quota("address", 8)]).await;
    limited.stock("SKU", 5, "").await;
    for expected in [3, 2, 1, 0] {
        let answer = read(&limited, &[]).await;
        answer.is(200);
        assert_eq!(left(&answer, "address"), expected);
    }
    read(&limited, &[]).await.refused(429, "rate-limited");
    // An unknown path costs the same.
    let nowhere = limited.get("/nowhere", "").await;
    nowhere.refused(429, "rate-limited");
}

#[tokio::test]
async fn a_replayed_command_costs_as_little_as_a_read() {
    let site = Deployment::new().await;
    unlimited(&site).await.stock("SKU", 5, "").await;
    let limits = [quota("address", 9), quota("user", 12)];
    let limited = site.serve(&limits.each_ref().map(String::as_str)).await;
    let first = reserve(&limited, "anna", "once").await;
    first.is(201);
    assert_eq!((left(&first, "address"), left(&first, "user")), (5, 8));
    for (address, user) in [(4, 7), (3, 6)] {
        let again = reserve(&limited, "anna", "once").await;
        again.is(201);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        let told = (left(&again, "address"), left(&again, "user"));
        assert_eq!(told, (address, user));
    }
    assert_eq!(left(&read(&limited, &[]).await, "address"), 2);
}

#[tokio::test]
async fn checkout_is_counted_apart_from_other_requests() {
    let site = Deployment::new().await;
    let limited = site.serve(&[&quota("address", 8)]).await;
    limited.stock("SKU", 5, "").await;
    let held = limited.reserve("SKU", "anna", "").await.is(201);
    let id = held["reservation_id"].as_str().unwrap();
    let newcomer = limited.reserve("SKU", "ben", "").await;
    newcomer.refused(429, "rate-limited");
    for expected in [4, 0] {
        let confirmed = confirm(&limited, id).await;
        confirmed.is(200);
        let policy = Some("\"address-checkout\";q=8;w=480");
        assert_eq!(confirmed.header("ratelimit-policy"), policy);
        assert_eq!(left(&confirmed, "address-checkout"), expected);
    }
    let refused = confirm(&limited, id).await;
    refused.refused(429, "rate-limited");
    assert!(refused.header("retry-after").is_some());
    let counted = r#"fairhold_rate_limit_refused_total{limit="address-checkout"}"#;
    assert_eq!(metric(&limited, counted, "").await, Some(1.0));
    site.assert_clean().await;
}

#[tokio::test]
async fn nothing_is_limited_unless_a_limit_is_set_and_switched_on() {
    let site = Deployment::new().await;
    let switched = [&quota("address", 4), "--rate-limit=off"];
    for flags in [&[][..], &switched] {
        let server = site.serve(flags).await;
        for _ in 0..8 {
            let answer = read(&server, &[]).await;
            answer.is(200);
            assert_eq!(answer.header("ratelimit"), None);
            assert_eq!(answer.header("ratelimit-policy"), None);
        }
    }
}
