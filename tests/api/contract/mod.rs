//! The OpenAPI document: it is whole, it is as committed, and it tells what is served.

mod bounds;
mod calls;
mod viewer;
mod words;

use fairhold::api;
use fairhold_test_kit::command::{program, run};
use serde_json::Value;

use crate::service::Service;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");

/// What is served and no part of the API: pages, files, and names that the document has elsewhere.
const UNTOLD: [&str; 11] = [
    "/",
    "/docs",
    "/docs/swagger-ui-bundle.js",
    "/docs/swagger-ui.css",
    "/inventory/init",
    "/inventory/reserve",
    "/inventory/restock",
    "/openapi.json",
    "/problems",
    "/problems/{code}",
    "/static/{*file}",
];

#[tokio::test]
async fn the_committed_document_is_the_one_that_is_served_and_printed() {
    let committed = std::fs::read_to_string(COMMITTED).unwrap();
    let printed = run(program(&["openapi"])).await;
    assert_eq!(printed.code, Some(0), "{printed:?}");
    assert!(
        printed.out == committed,
        "the API has changed. See that no client breaks, then: \
         just openapi, or cargo run --quiet -- openapi > docs/openapi.json"
    );
    let service = Service::start().await;
    let served = service.get("/openapi.json").await.is(200);
    let committed: Value = serde_json::from_str(&committed).unwrap();
    assert_eq!(served, committed);
    service.finish().await;
}

#[test]
fn every_route_but_pages_and_namesakes_is_documented() {
    let mut untold = api::undocumented_paths();
    untold.sort_unstable();
    assert_eq!(untold, UNTOLD);
}
