//! Traces: from the request through the lane into the statements of the batch.

use std::time::Duration;

use fairhold_test_kit::{Deployment, Fairhold, World, eventually};
use futures_util::FutureExt;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::collector::{Collector, attribute};
use crate::request;

pub(crate) const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
pub(crate) const PARENT: &str = "00f067aa0ba902b7";

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
    for (step, statement) in [
        ("lock", "for update"),
        ("write", "insert into reservations"),
    ] {
        let step = only(collector.spans(step));
        assert!(format!("{:?}", step.events).contains(statement), "{step:?}");
    }
    let services = ["metrics", "traces"].map(|signal| (signal, "fairhold".to_owned()));
    assert_eq!(collector.services(), services.into());
}

#[tokio::test]
async fn the_span_of_a_request_that_failed_says_so() {
    let collector = Collector::start().await;
    let mut world = world(&collector).await;
    let shop = &world.shop();
    shop.stock("BROKEN", 5).await;
    let plant = "alter table ledger add constraint planted check (sku <> 'BROKEN') not valid";
    world.books.execute(plant).await;
    shop.reserve("BROKEN", "userA").await.assert_status(500);
    let mend = "alter table ledger drop constraint planted";
    world.books.execute(mend).await;
    finish(&mut world).await;

    let failed = |name| {
        only(collector.spans(name))
            .status
            .map(|status| status.code())
    };
    assert_eq!(failed("POST /inventory/reserve"), Some(StatusCode::Error));
    assert_ne!(failed("POST /inventory/init"), Some(StatusCode::Error));
}

#[tokio::test]
async fn the_environment_names_the_service_and_may_silence_it() {
    let collector = Collector::start().await;
    let site = Deployment::new().await;
    let usual = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint()),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "50"),
    ];
    let told = ("OTEL_RESOURCE_ATTRIBUTES", "service.name=shop");
    let named = ("OTEL_SERVICE_NAME", "till");
    let mut servers = Vec::new();
    for special in [
        &[
            ("OTEL_SDK_DISABLED", "TRUE"),
            ("OTEL_SERVICE_NAME", "silent"),
        ][..],
        &[told],
        &[told, named],
    ] {
        let variables = [&usual, special].concat();
        let server = site.serve_with(&["--listen=127.0.0.1:0"], &variables).await;
        assert_eq!(server.get("/inventory/NONE", "").await.status, 404);
        servers.push(server);
    }
    eventually("all that speak were heard", async || {
        collector.services().len() >= 4
    })
    .await;
    let services = ["metrics", "traces"].map(|signal| ["shop", "till"].map(|name| (signal, name)));
    let services = services.as_flattened().iter();
    let services = services.map(|(signal, name)| (*signal, (*name).to_owned()));
    assert_eq!(collector.services(), services.collect());
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
    let database = fairhold_test_kit::TestDatabase::create().await;
    let arguments = ["--otel-exporter-otlp-endpoint", "http://127.0.0.1:9"];
    let mut server = Fairhold::start(&database.url(), &arguments).await;
    let shop = fairhold_test_kit::Shop::at(server.address());
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
    let database = fairhold_test_kit::TestDatabase::create().await;
    let arguments = ["--otel-exporter-otlp-endpoint", &endpoint];
    let mut server = Fairhold::start(&database.url(), &arguments).await;
    let shop = fairhold_test_kit::Shop::at(server.address());
    shop.stock("SPOKEN", 5).await;
    shop.reserve("SPOKEN", "userA").await.assert_status(201);
    server.terminate();
    let ended = timeout(Duration::from_secs(5), server.ended()).await;
    assert_eq!(ended.expect("it ends in time").code(), Some(0));
    let asked = silent.accept().now_or_never();
    assert!(asked.is_some(), "it was never asked");
}
