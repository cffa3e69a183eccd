//! Every route has its row in the table, and one without is refused.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, put};
use fairhold::access::needs::{Finding, find};
use fairhold::access::{Gate, Keyring, Openness};
use fairhold::connections::Peer;
use fairhold::http::Around;
use fairhold::server;
use fairhold_test_kit::{Answer, Deployment, server::client};
use reqwest::Method;
use tokio::net::TcpListener;

#[test]
fn every_route_of_the_service_has_its_row() {
    let routes = server::served();
    assert!(routes.len() >= 24, "{routes:?}");
    for known in ["/", "/inventory/reserve", "/reservations/{reservation_id}"] {
        assert!(routes.iter().any(|(_, path)| *path == known), "{known}");
    }
    for (method, path) in routes {
        let found = find(&method, path);
        assert!(
            matches!(found, Finding::Needs(_)),
            "{method} {path}: {found:?}"
        );
    }
}

#[test]
fn a_path_or_method_without_a_row_needs_what_nobody_has() {
    assert_eq!(find(&Method::GET, "/new"), Finding::Unknown);
    let delete = find(&Method::DELETE, "/inventory/{sku}");
    assert_eq!(
        delete,
        Finding::OtherMethods(vec![Method::GET, Method::HEAD])
    );
    assert!(matches!(
        find(&Method::HEAD, "/inventory/{sku}"),
        Finding::Needs(_)
    ));
}

#[tokio::test]
async fn a_route_without_a_row_is_refused_even_where_everybody_is_served() {
    let site = Deployment::new().await;
    let keyring = Keyring::load(site.books().await).await.unwrap();
    let gate = Gate::new(keyring, None, Openness::Everybody);
    let router = Router::new()
        .route("/new", get(async || "served"))
        .route("/livez", get(async || "served").put(async || "served"))
        .route("/health", put(async || "served").get(async || "served"))
        .layer(Arc::new(gate).layer());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    assert_eq!(Peer(address).0, address);
    #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
    tokio::spawn(async move { axum::serve(listener, router).await });
    let ask = async |method: Method, path: &str| {
        let request = client().request(method, format!("http://{address}{path}"));
        Answer::of(request.send().await.unwrap()).await
    };
    assert_eq!(ask(Method::GET, "/livez").await.text, "served");
    let refused = ask(Method::GET, "/new").await;
    assert_eq!(
        (refused.status, refused.json()["code"].as_str()),
        (403, Some("forbidden"))
    );
    for path in ["/livez", "/health"] {
        let refused = ask(Method::PUT, path).await;
        assert_eq!(
            (refused.status, refused.header("allow")),
            (405, Some("GET,HEAD"))
        );
    }
    assert_eq!(ask(Method::GET, "/nothing").await.status, 404);
}
