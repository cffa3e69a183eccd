//! Every route has its row in the table, and one without is refused.

use std::fs;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::routing::{get, put};
use fairhold::access::needs::{Finding, find};
use fairhold::access::{Gate, Keyring, Openness};
use fairhold::connections::Peer;
use reqwest::Method;
use tokio::net::TcpListener;

use crate::answer::Answer;
use crate::server::client;
use crate::site::Site;

const METHODS: [Method; 6] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.file_name().is_some_and(|name| name != "tests.rs") {
            found.push(path);
        }
    }
}

/// What stands between the parenthesis that the text begins behind and its end.
fn arguments(text: &str) -> &str {
    let mut depth = 1;
    let end = text.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    &text[..end.unwrap()]
}

/// Each route of the service with one of its methods, as the sources have it.
fn routes() -> Vec<(Method, String)> {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let mut routes = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for call in code.split(".route(").skip(1) {
            let call = arguments(call).trim_start();
            let path = call.strip_prefix('"').and_then(|rest| rest.split_once('"'));
            let (path, handlers) = path.unwrap_or_else(|| panic!("{}: {call}", file.display()));
            let mut words = handlers.split(|c: char| !c.is_alphanumeric() && c != '(' && c != '_');
            let before = routes.len();
            let words: Vec<_> = words.by_ref().collect();
            for method in METHODS {
                let call = format!("{}(", method.as_str().to_lowercase());
                if words.iter().any(|word| word.starts_with(&call)) {
                    routes.push((method, path.to_owned()));
                }
            }
            assert!(
                routes.len() > before,
                "{}: {path} has no method",
                file.display()
            );
        }
    }
    routes
}

#[test]
fn every_route_of_the_service_has_its_row() {
    let routes = routes();
    assert!(routes.len() >= 24, "{routes:?}");
    for known in ["/", "/inventory/reserve", "/reservations/{reservation_id}"] {
        assert!(routes.iter().any(|(_, path)| path == known), "{known}");
    }
    for (method, path) in routes {
        let found = find(&method, &path);
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
    let site = Site::new().await;
    let pool = site.books().await;
    let keyring = Keyring::load(pool.clone()).await.unwrap();
    let gate = Gate::new(keyring, None, Openness::Everybody, pool);
    let router = Router::new()
        .route("/new", get(async || "served"))
        .route("/livez", get(async || "served").put(async || "served"))
        .route("/health", put(async || "served").get(async || "served"))
        .layer(gate.layer());
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
