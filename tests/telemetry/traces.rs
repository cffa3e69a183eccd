//! Traces: from the request through the lane into the statements of the batch.

use std::time::Duration;

use futures_util::FutureExt;
use opentelemetry_proto::tonic::trace::v1::Span;
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::collector::{Collector, attribute};
use crate::process::Fairhold;
use crate::request;
use crate::world::World;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

async fn world(collector: &Collector) -> World {
    let endpoint = [
        "--otel-exporter-otlp-endpoint",
        collector.endpoint(),
        "--lanes",
        "1",
    ];
    World::open(1, &endpoint).await
}

/// Ends the process, which sends what it still has.
pub(crate) async fn finish(world: &mut World) {
    world.audit().await;
    world.servers[0].terminate();
    assert_eq!(world.servers[0].ended().await.code(), Some(0));
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn only(spans: Vec<Span>) -> Span {
    assert_eq!(spans.len(), 1, "{spans:?}");
    spans.into_iter().next().unwrap()
}

#[tokio::test]
async fn one_trace_leads_from_the_request_into_the_statements_of_its_batch() {
    let collector = Collector::start().await;
    let mut world = world(&collector).await;
    world.shop().stock("TRACED", 5).await;
    let asked = request(&world, Method::POST, "/inventory/reserve")
        .header("traceparent", format!("00-{TRACE}-{PARENT}-01"))
        .json(&json!({"sku": "TRACED", "user_id": "userA"}));
    assert_eq!(asked.send().await.unwrap().status(), 201);
    finish(&mut world).await;

    let request = only(collector.spans("POST /inventory/reserve"));
    assert_eq!(hex(&request.trace_id), TRACE);
    assert_eq!(hex(&request.parent_span_id), PARENT);
    let status = attribute(&request, "http.response.status_code");
    assert_eq!(status.as_deref(), Some("201"));
    let batch = only(collector.spans("batch"));
    assert_eq!(batch.parent_span_id, request.span_id);
    assert_eq!(batch.trace_id, request.trace_id);
    assert_eq!(batch.links[0].span_id, request.span_id);
    for step in ["load", "write", "commit"] {
        let step = only(collector.spans(step));
        assert_eq!(step.parent_span_id, batch.span_id);
        assert_eq!(hex(&step.trace_id), TRACE);
    }
    let lock = only(collector.spans("lock"));
    let statement = &lock.events[0];
    assert!(
        format!("{statement:?}").contains("for update"),
        "{statement:?}"
    );
}

#[tokio::test]
async fn metrics_are_sent_too() {
    let collector = Collector::start().await;
    let mut world = world(&collector).await;
    world.shop().stock("SENT", 5).await;
    finish(&mut world).await;
    let metrics = collector.metrics();
    for name in [
        "fairhold.http.requests",
        "fairhold.holds",
        "fairhold.pool.connections",
    ] {
        assert!(metrics.iter().any(|sent| sent == name), "{metrics:?}");
    }
}

#[tokio::test]
async fn a_collector_that_is_away_holds_nothing_up() {
    let database = crate::support::TestDatabase::create().await;
    let arguments = ["--otel-exporter-otlp-endpoint", "http://127.0.0.1:9"];
    let mut server = Fairhold::start(&database.url(), &arguments).await;
    let shop = crate::shop::Shop::at(server.address());
    shop.stock("ALONE", 5).await;
    shop.reserve("ALONE", "userA").await.assert_status(201);
    server.terminate();
    assert_eq!(server.ended().await.code(), Some(0));
}

#[tokio::test]
async fn a_collector_that_says_nothing_does_not_hold_the_end_up() {
    // The system takes connections, which nobody looks after.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let database = crate::support::TestDatabase::create().await;
    let arguments = ["--otel-exporter-otlp-endpoint", &endpoint];
    let mut server = Fairhold::start(&database.url(), &arguments).await;
    let shop = crate::shop::Shop::at(server.address());
    shop.stock("SPOKEN", 5).await;
    shop.reserve("SPOKEN", "userA").await.assert_status(201);
    server.terminate();
    let ended = timeout(Duration::from_secs(5), server.ended()).await;
    assert_eq!(ended.expect("it ends in time").code(), Some(0));
    let asked = silent.accept().now_or_never();
    assert!(asked.is_some(), "it was never asked");
}
