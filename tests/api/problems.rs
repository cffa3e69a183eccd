//! Problems: what no feature answers, and the pages that explain them all.

use fairhold::http::ProblemType;
use reqwest::Method;

use crate::service::Service;

#[tokio::test]
async fn a_path_that_is_not_served_is_not_found() {
    let service = Service::start().await;
    for path in [
        "/nothing",
        "/inventory",
        "/inventory/a/b/c",
        "/health/",
        "/users/x",
        "//",
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let answer = service.send(service.request(method, path)).await;
            answer.refused(404, "not-found");
        }
    }
    service.finish().await;
}

#[tokio::test]
async fn another_method_is_refused_with_the_allowed_ones() {
    let service = Service::start().await;
    for (path, wrong, allowed) in [
        ("/inventory/init", Method::PUT, "GET,HEAD,POST"),
        ("/inventory/restock", Method::DELETE, "GET,HEAD,POST"),
        ("/inventory/reserve", Method::PATCH, "GET,HEAD,POST"),
        ("/checkout/confirm", Method::GET, "POST"),
        ("/checkout/cancel", Method::GET, "POST"),
        ("/inventory/A", Method::POST, "GET,HEAD"),
        ("/inventory/A/waitlist", Method::PUT, "GET,HEAD"),
        ("/inventory/A/ledger", Method::DELETE, "GET,HEAD"),
        ("/reservations", Method::POST, "GET,HEAD"),
        ("/reservations/x", Method::DELETE, "GET,HEAD"),
        ("/users/x/behavior", Method::POST, "GET,HEAD"),
        ("/analytics/inventory", Method::POST, "GET,HEAD"),
        ("/analytics/inventory/A", Method::POST, "GET,HEAD"),
        ("/analytics/ai/inventory/A", Method::POST, "GET,HEAD"),
        ("/livez", Method::POST, "GET,HEAD"),
        ("/static/index.html", Method::POST, "GET,HEAD"),
        ("/problems", Method::OPTIONS, "GET,HEAD"),
    ] {
        let answer = service.send(service.request(wrong, path)).await;
        answer.refused(405, "method-not-allowed");
        let mut named: Vec<_> = answer.header("allow").unwrap().split(',').collect();
        named.sort_unstable();
        assert_eq!(named.join(",").replace(' ', ""), allowed, "{path}");
    }
    service.finish().await;
}

#[tokio::test]
async fn each_problem_type_has_a_page_linked_from_the_index() {
    let service = Service::start().await;
    let index = service.get("/problems").await;
    assert_eq!(index.status, 200);
    for code in ProblemType::ALL {
        let path = format!("/problems/{}", code.name());
        assert!(index.text.contains(&format!("href=\"{path}\"")), "{path}");
        let page = service.get(&path).await;
        assert_eq!(page.status, 200);
        let kind = page.header("content-type").unwrap();
        assert!(kind.starts_with("text/html"), "{kind}");
        let status = code.status().as_u16().to_string();
        for shown in [code.name(), code.title(), &status] {
            assert!(page.text.contains(shown), "{path} does not show {shown}");
        }
    }
    service
        .get("/problems/none")
        .await
        .refused(404, "not-found");
    service
        .get("/problems/%3Cb%3E")
        .await
        .refused(404, "not-found");
    service.finish().await;
}

/// The codes of the contract, with their statuses.
const CONTRACT: [(&str, u16); 25] = [
    ("malformed-json", 400),
    ("unauthenticated", 401),
    ("forbidden", 403),
    ("open-access-refused", 403),
    ("not-found", 404),
    ("unknown-sku", 404),
    ("unknown-reservation", 404),
    ("method-not-allowed", 405),
    ("sku-exists", 409),
    ("insufficient-stock", 409),
    ("live-reservation-exists", 409),
    ("sold-out", 409),
    ("not-confirmable", 409),
    ("already-confirmed", 409),
    ("reservation-expired", 410),
    ("body-too-large", 413),
    ("unsupported-media-type", 415),
    ("validation-failed", 422),
    ("exceeds-total", 422),
    ("idempotency-key-reused", 422),
    ("rate-limited", 429),
    ("internal-error", 500),
    ("overloaded", 503),
    ("not-ready", 503),
    ("database-unavailable", 503),
];

#[test]
fn the_problem_types_match_the_contract() {
    let catalog = ProblemType::ALL
        .iter()
        .map(|code| (code.name(), code.status().as_u16()));
    assert_eq!(catalog.collect::<Vec<_>>(), CONTRACT);
}
