//! Arbitrary requests: each response is a success or a problem, and refused requests change nothing.

use std::fmt::Debug;
use std::time::Duration;

use fairhold_test_kit::World;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::endpoints::{Endpoint, endpoints};
use crate::requests::{Request, garbled, request, whole};

/// Longer than any timeout of the service.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// A digest of all tables.
const DIGEST: &str = "select md5(concat(
    (select string_agg(s::text, ',' order by sku) from skus as s),
    (select string_agg(r::text, ',' order by reservation_id) from every_reservation as r),
    (select string_agg(k::text, ',' order by k::text) from idempotency_keys as k),
    (select count(*) from ledger)))";

/// Words that would reveal an internal cause.
const CAUSES: [&str; 5] = ["sqlx", "postgres", "constraint", "panicked", ".rs:"];

/// A whole response, since each request asks for the connection to be closed.
struct Response {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Response {
    /// `None` if the connection was closed without a response.
    fn of(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|part| part == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let body = bytes[end + 4..].to_vec();
        Some(Self { status, head, body })
    }

    /// Whether it is a stream of events.
    fn streams(&self) -> bool {
        self.head.contains("\ncontent-type: text/event-stream")
    }

    /// Checks that a stream has begun, or that a refusal is a complete problem document.
    fn check(&self, method: &str) -> Result<(), TestCaseError> {
        prop_assert!(self.status < 500, "{}", self.head);
        let silent = self.streams() && self.body.is_empty();
        prop_assert!(!silent || method == "HEAD", "{}", self.head);
        if self.status < 400 || method == "HEAD" {
            return Ok(());
        }
        prop_assert!(
            self.head.contains("content-type: application/problem+json"),
            "{}",
            self.head
        );
        prop_assert!(self.head.contains("x-request-id: "), "{}", self.head);
        let problem: Value = serde_json::from_slice(&self.body)
            .map_err(|error| TestCaseError::fail(format!("{error}: {:?}", self.body)))?;
        prop_assert_eq!(&problem["status"], self.status);
        let code = problem["code"].as_str().unwrap_or_default();
        prop_assert!(!code.is_empty(), "{}", problem);
        prop_assert_eq!(&problem["type"], &Value::from(format!("/problems/{code}")));
        for member in ["title", "detail"] {
            prop_assert!(
                !problem[member].as_str().unwrap_or_default().is_empty(),
                "{}",
                problem
            );
        }
        let shown = problem.to_string().to_lowercase();
        prop_assert!(
            !CAUSES.iter().any(|cause| shown.contains(cause)),
            "{}",
            shown
        );
        Ok(())
    }
}

/// Sends `bytes`; with `done`, closes the sending side, which ends an incomplete request.
async fn send(world: &World, bytes: &[u8], done: bool) -> Option<Response> {
    let mut client = world.connect().await;
    // A server that has refused the request may close before it is sent.
    client.write_all(bytes).await.ok();
    if done {
        client.shutdown().await.ok();
    }
    let response = timeout(MAX_WAIT, read(&mut client)).await;
    Response::of(&response.expect("the server closes the connection, or it is a stream"))
}

/// Reads the response; of a stream, which does not end, the head and what follows it first.
async fn read(client: &mut TcpStream) -> Vec<u8> {
    let mut response = Vec::new();
    while let Ok(1..) = client.read_buf(&mut response).await {
        if Response::of(&response)
            .is_some_and(|response| response.streams() && !response.body.is_empty())
        {
            break;
        }
    }
    response
}

/// A new Fairhold with some data, and its endpoints.
async fn open() -> (World, Vec<Endpoint>) {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("FUZZ", 1000).await;
    let held = shop.reserve("FUZZ", "first").await.id();
    let known = json!({"sku": "FUZZ", "user_id": "first", "reservation_id": held});
    let document = shop.get("/openapi.json").await;
    let document = &document.assert_status(200).body;
    let endpoints = endpoints(document, known.as_object().unwrap());
    (world, endpoints)
}

/// Runs an eighth of `PROPTEST_CASES` cases for each endpoint against one Fairhold, and audits it.
fn play<V: Debug>(
    cases: impl Fn(&Endpoint) -> BoxedStrategy<V>,
    judge: &impl AsyncFn(&World, V) -> Result<(), TestCaseError>,
) {
    let runtime = Runtime::new().unwrap();
    let (world, endpoints) = runtime.block_on(open());
    let config = Config {
        failure_persistence: None,
        cases: (Config::default().cases / 8).max(1),
        max_shrink_time: MAX_WAIT.as_millis().try_into().unwrap(),
        ..Config::default()
    };
    for endpoint in &endpoints {
        let mut runner = TestRunner::new(config.clone());
        let judged = |case| runtime.block_on(judge(&world, case));
        let played = runner.run(&cases(endpoint), judged);
        played.unwrap_or_else(|failure| panic!("{} {}: {failure}", endpoint.method, endpoint.path));
    }
    runtime.block_on(async {
        world.shop().get("/readyz").await.assert_status(200);
        world.audit().await;
    });
}

async fn check_request(world: &World, request: Request) -> Result<(), TestCaseError> {
    let before = world.books.texts(DIGEST).await;
    let response = send(world, &request.bytes(), false).await;
    let response = response.ok_or_else(|| TestCaseError::fail("no response"))?;
    if request.is_http() {
        response.check(&request.method)?;
    } else {
        prop_assert_eq!((response.status, &response.body[..]), (400, &b""[..]));
    }
    if response.status >= 400 {
        prop_assert_eq!(
            world.books.texts(DIGEST).await,
            before,
            "{} changed the tables",
            response.head
        );
    }
    Ok(())
}

async fn check_bytes(world: &World, bytes: Vec<u8>) -> Result<(), TestCaseError> {
    if let Some(response) = send(world, &bytes, true).await {
        prop_assert!(response.status < 500, "{}", response.head);
    }
    Ok(())
}

#[tokio::test]
async fn every_documented_endpoint_is_served() {
    let (world, endpoints) = open().await;
    let documented = endpoints.iter().filter(|endpoint| endpoint.is_documented);
    assert!(endpoints.iter().any(|endpoint| endpoint.streams));
    for endpoint in documented {
        let response = send(&world, &whole(endpoint).bytes(), false).await.unwrap();
        let what = format!("{} {}: {}", endpoint.method, endpoint.path, response.head);
        assert!(
            !matches!(response.status, 404 | 405 | 422 | 500..),
            "{what}"
        );
        assert_eq!(response.streams(), endpoint.streams, "{what}");
        response.check(&endpoint.method).expect(&what);
    }
    world.audit().await;
}

#[test]
fn every_request_gets_a_success_or_a_problem() {
    play(request, &check_request);
}

#[test]
fn the_service_survives_arbitrary_bytes() {
    play(garbled, &check_bytes);
}
