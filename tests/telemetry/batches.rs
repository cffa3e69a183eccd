//! The span of a batch, which serves many requests.

use std::collections::BTreeSet;

use fairhold_test_kit::{Proxy, Weather, World, eventually};
use futures_util::future::{join, join_all, join3};
use opentelemetry_proto::tonic::trace::v1::Span;
use reqwest::Method;
use serde_json::json;

use crate::collector::Collector;
use crate::request;
use crate::traces::{finish, hex};

const REQUEST: &str = "POST /inventory/reserve";
const SKU: &str = "SHARED";

/// More than the links that a span usually has room for.
const MANY: usize = 200;

/// A lane that a test can keep busy, for as long as it likes, so that what comes meanwhile is one
/// batch.
struct Busy {
    world: World,
    proxy: Proxy,
}

impl Busy {
    async fn open(collector: &Collector) -> Self {
        let arguments = [
            "--otel-exporter-otlp-endpoint",
            collector.endpoint(),
            "--lanes=1",
            "--request-timeout-ms=30000",
        ];
        let (world, proxy) = World::open_behind_proxy(&arguments).await;
        world.shop().stock(SKU, 500).await;
        Self { world, proxy }
    }

    /// Has the lane busy with `first`, and with nothing else until so many `commands` of `others`
    /// wait for it.
    async fn with<F, O>(
        &self,
        first: impl Future<Output = F>,
        commands: usize,
        others: impl Future<Output = O>,
    ) -> (F, O) {
        let locked = self.world.books.lock(SKU).await;
        let others = async {
            let waiting = async || self.world.books.waiting_for(&locked).await > 0;
            eventually("the lane is busy", waiting).await;
            // The lane is not told that the row is free. It would not wait for the row for long.
            self.proxy.set(Weather::Frozen);
            locked.commit().await;
            let release = async {
                self.waiting(commands).await;
                self.proxy.set(Weather::Fair);
            };
            join(others, release).await.0
        };
        join(first, others).await
    }

    /// Returns once so many commands wait for the lane.
    async fn waiting(&self, commands: usize) {
        let depth = format!("fairhold_lane_depth{{lane=\"0\"}} {commands}\n");
        let deep = async || {
            let figures = request(&self.world, Method::GET, "/metrics").send();
            figures
                .await
                .unwrap()
                .text()
                .await
                .unwrap()
                .contains(&depth)
        };
        eventually("the commands wait", deep).await;
    }

    async fn reserve(&self, trace: u8, flags: &str) {
        let id = trace_id(trace);
        let asked = request(&self.world, Method::POST, "/inventory/reserve")
            .header("traceparent", format!("00-{id}-00f067aa0ba902b7-{flags}"))
            .json(&json!({"sku": SKU, "user_id": id}));
        assert_eq!(asked.send().await.unwrap().status(), 201);
    }
}

fn trace_id(trace: u8) -> String {
    format!("{trace:032x}")
}

/// Where the links of `spans` lead.
fn linked(spans: &[Span]) -> BTreeSet<Vec<u8>> {
    let links = spans.iter().flat_map(|span| &span.links);
    links.map(|link| link.span_id.clone()).collect()
}

fn ids(spans: &[Span]) -> BTreeSet<Vec<u8>> {
    spans.iter().map(|span| span.span_id.clone()).collect()
}

#[tokio::test]
async fn a_batch_is_linked_to_each_request_whose_command_it_took() {
    let collector = Collector::start().await;
    let mut busy = Busy::open(&collector).await;
    let shop = &busy.world.shop();
    let first = shop.reserve(SKU, "first");
    let others = join_all((0..MANY).map(async |n| shop.reserve(SKU, &format!("user-{n}")).await));
    let (first, others) = busy.with(first, MANY, others).await;
    for answer in others.iter().chain([&first]) {
        answer.assert_status(201);
    }
    finish(&mut busy.world).await;

    let batches = collector.spans("batch");
    assert_eq!(linked(&batches), ids(&collector.spans(REQUEST)));
    let largest = batches.iter().map(|batch| batch.links.len()).max();
    assert_eq!(largest, Some(MANY));
}

#[tokio::test]
async fn a_batch_is_in_the_trace_of_a_sampled_request_whoever_came_first() {
    let collector = Collector::start().await;
    let mut busy = Busy::open(&collector).await;
    let sampled = [4, 5, 6];
    let others = async {
        let before = join(busy.reserve(2, "00"), busy.reserve(3, "00"));
        let then = async {
            busy.waiting(2).await;
            join_all(sampled.map(|trace| busy.reserve(trace, "01"))).await;
        };
        let last = async {
            busy.waiting(5).await;
            busy.reserve(7, "00").await;
        };
        join3(before, then, last).await;
    };
    busy.with(busy.reserve(1, "00"), 6, others).await;
    finish(&mut busy.world).await;

    let requests = collector.spans(REQUEST);
    let traces: BTreeSet<_> = requests.iter().map(|span| hex(&span.trace_id)).collect();
    assert_eq!(traces, sampled.map(trace_id).into());
    let mut batches = collector.spans("batch");
    batches.retain(|batch| traces.contains(&hex(&batch.trace_id)));
    assert_eq!(batches.len(), 1, "{batches:?}");
    let parents = requests.iter().map(|request| &request.span_id);
    assert!(parents.clone().any(|id| *id == batches[0].parent_span_id));
    assert_eq!(linked(&batches), ids(&requests));
    let below = |span: &Span| span.parent_span_id == batches[0].span_id && !span.events.is_empty();
    assert!(collector.spans("write").iter().any(below));
    let all = collector.all_spans();
    assert!(linked(&all).is_subset(&ids(&all)));
}
