//! Requests with chosen headers, and the rate-limit headers of responses.

use fairhold_test_kit::{Answer, Deployment, Server, server::client};
use reqwest::Method;
use serde_json::{Value, json};

/// A quota of `units`, none of which comes back while a test runs.
pub(crate) fn quota(limit: &str, units: u32) -> String {
    format!("--rate-limit-per-{limit}=1/m,{units}")
}

/// A server on the same database without limits.
pub(crate) async fn unlimited(site: &Deployment) -> Server {
    site.serve(&[]).await
}

/// Sends a read with these headers.
pub(crate) async fn read(server: &Server, headers: &[(&str, &str)]) -> Answer {
    send(server, Method::GET, "/analytics/inventory", headers, None).await
}

/// Reserves a unit of `SKU` for `user`, under an idempotency key.
pub(crate) async fn reserve(server: &Server, user: &str, key: &str) -> Answer {
    let body = json!({"sku": "SKU", "user_id": user});
    let headers = [("Idempotency-Key", key)];
    send(
        server,
        Method::POST,
        "/inventory/reserve",
        &headers,
        Some(body),
    )
    .await
}

/// Confirms a reservation.
pub(crate) async fn confirm(server: &Server, id: &str) -> Answer {
    let body = json!({"reservation_id": id});
    send(server, Method::POST, "/checkout/confirm", &[], Some(body)).await
}

async fn send(
    server: &Server,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<Value>,
) -> Answer {
    let url = format!("http://127.0.0.1:{}{path}", server.port);
    let mut request = client().request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    Answer::of(request.send().await.unwrap()).await
}

/// The units left of a limit, by the response.
#[track_caller]
pub(crate) fn left(answer: &Answer, limit: &str) -> u32 {
    let header = answer.header("ratelimit").expect("the header RateLimit");
    let named = format!("\"{limit}\";r=");
    let mut limits = header
        .split(", ")
        .filter_map(|one| one.strip_prefix(&named));
    let found = limits.next().unwrap_or_else(|| panic!("{limit}: {header}"));
    found.split(';').next().unwrap().parse().unwrap()
}

/// A value of `GET /metrics`.
pub(crate) async fn metric(server: &Server, series: &str, bearer: &str) -> Option<f64> {
    let metrics = server.get("/metrics", bearer).await;
    let mut lines = metrics.text.lines();
    let line = lines.find_map(|line| line.strip_prefix(series));
    line.map(|value| value.trim().parse().unwrap())
}
