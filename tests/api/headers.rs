//! Headers that every answer bears.

use reqwest::Method;
use uuid::Uuid;

use crate::service::Service;

/// One path for each kind of answer.
const PATHS: [&str; 7] = [
    "/health",
    "/",
    "/static/index.html",
    "/problems",
    "/nothing/here",
    "/inventory/none",
    "/reservations?limit=0",
];

#[tokio::test]
async fn every_response_has_the_id_of_its_request() {
    let service = Service::start().await;
    for path in PATHS {
        let request = service.request(Method::GET, path);
        let answer = service
            .send(request.header("X-Request-Id", "my request/7"))
            .await;
        assert_eq!(
            answer.header("x-request-id"),
            Some("my request/7"),
            "{path}"
        );
        let answers = [service.get(path).await, service.get(path).await];
        let ids = answers
            .each_ref()
            .map(|answer| answer.header("x-request-id").unwrap());
        assert_ne!(ids[0], ids[1], "{path}");
        for id in ids {
            assert!(Uuid::parse_str(id).is_ok(), "{id}");
        }
    }
    let refused = service.send(service.request(Method::POST, "/inventory/init"));
    assert!(refused.await.header("x-request-id").is_some());
    service.finish().await;
}

#[tokio::test]
async fn a_long_or_unprintable_request_id_is_replaced() {
    let service = Service::start().await;
    let ask = async |id: &[u8]| {
        let request = service.request(Method::GET, "/health");
        let answer = service.send(request.header("X-Request-Id", id)).await;
        answer.header("x-request-id").unwrap().to_owned()
    };
    let [longest, longer] = [128, 129].map(|length| "~".repeat(length));
    assert_eq!(ask(longest.as_bytes()).await, longest);
    let huge = "x".repeat(60_000);
    let unfit = [
        b"",
        longer.as_bytes(),
        huge.as_bytes(),
        b"a\tb",
        b"\xc3\xa9",
    ];
    for id in unfit {
        let made = ask(id).await;
        assert!(Uuid::parse_str(&made).is_ok(), "{made}");
    }
    service.finish().await;
}

#[tokio::test]
async fn pages_load_and_frame_nothing_foreign() {
    let service = Service::start().await;
    for path in PATHS {
        let answer = service.get(path).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'self'"), "{path}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        for same in ["cross-origin-opener-policy", "cross-origin-resource-policy"] {
            assert_eq!(answer.header(same), Some("same-origin"), "{path}");
        }
        let devices = answer.header("permissions-policy").unwrap();
        assert!(devices.contains("camera=()"), "{path}: {devices}");
        // A browser must not be told to keep to what is not there.
        assert_eq!(answer.header("strict-transport-security"), None);
    }
    service.finish().await;
}

#[tokio::test]
async fn no_cache_keeps_a_response_of_the_api() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    for path in [
        "/inventory/A",
        "/inventory/none",
        "/nothing/here",
        "/health",
        "/reservations?limit=0",
        "/analytics/inventory",
        "/analytics/ai/inventory/A",
    ] {
        let answer = service.get(path).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    let held = service.reserve("A", "userA", 1).await;
    assert_eq!(held.header("cache-control"), Some("no-store"));
    let page = service.get("/static/index.html").await;
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    service.finish().await;
}

#[tokio::test]
async fn a_traceparent_is_honored_and_a_broken_one_ignored() {
    let service = Service::start().await;
    for trace in [
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "x",
        "",
    ] {
        let request = service.request(Method::GET, "/health");
        service
            .send(request.header("traceparent", trace))
            .await
            .is(200);
    }
    service.finish().await;
}
