//! Whatever is sent, the answer is a success or a problem, and what is refused changes nothing.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::requests::{Request, garbled, request};
use crate::world::World;

/// Long after the service has given up on a request that does not end.
const PATIENCE: Duration = Duration::from_secs(30);

/// All that the books hold, in short.
const BOOKS: &str = "select md5(concat(
    (select string_agg(s::text, ',' order by sku) from skus as s),
    (select string_agg(r::text, ',' order by reservation_id) from every_reservation as r),
    (select string_agg(k::text, ',' order by k::text) from idempotency_keys as k),
    (select count(*) from ledger)))";

/// Words that tell of a cause.
const CAUSES: [&str; 5] = ["sqlx", "postgres", "constraint", "panicked", ".rs:"];

/// What came back: all of it, since each request asks for the connection to be closed.
struct Heard {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Heard {
    /// `None` where the connection was closed without a word.
    fn of(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|part| part == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let body = bytes[end + 4..].to_vec();
        Some(Self { status, head, body })
    }

    /// That a refusal is a whole problem document.
    fn is_in_order(&self, method: &str) -> Result<(), TestCaseError> {
        prop_assert!(self.status < 500, "{}", self.head);
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

/// Who is `done` says that nothing more will come, which ends a request that is not whole.
async fn ask(world: &World, bytes: &[u8], done: bool) -> Option<Heard> {
    let mut client = world.knock().await;
    // Who has heard enough hangs up.
    client.write_all(bytes).await.ok();
    if done {
        client.shutdown().await.ok();
    }
    let mut heard = Vec::new();
    let read = timeout(PATIENCE, client.read_to_end(&mut heard)).await;
    read.expect("the server ends it").ok();
    Heard::of(&heard)
}

/// Plays so many cases as `PROPTEST_CASES` says, against one Fairhold whose books must hold.
fn play<S: Strategy>(
    cases: S,
    judge: &impl AsyncFn(&World, S::Value) -> Result<(), TestCaseError>,
) {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(async {
        let world = World::open(1, &[]).await;
        world.shop().stock("FUZZ", 1000).await;
        world
    });
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let played = runner.run(&cases, |case| runtime.block_on(judge(&world, case)));
    played.unwrap_or_else(|failure| panic!("{failure}"));
    runtime.block_on(async {
        world.shop().get("/readyz").await.assert_status(200);
        world.audit().await;
    });
}

async fn is_answered_in_order(world: &World, request: Request) -> Result<(), TestCaseError> {
    let before = world.books.texts(BOOKS).await;
    let heard = ask(world, &request.bytes(), false).await;
    let heard = heard.ok_or_else(|| TestCaseError::fail("no answer"))?;
    if request.is_http() {
        heard.is_in_order(request.method)?;
    } else {
        prop_assert_eq!((heard.status, &heard.body[..]), (400, &b""[..]));
    }
    if heard.status >= 400 {
        prop_assert_eq!(
            world.books.texts(BOOKS).await,
            before,
            "{} changed the books",
            heard.head
        );
    }
    Ok(())
}

async fn is_survived(world: &World, bytes: Vec<u8>) -> Result<(), TestCaseError> {
    if let Some(heard) = ask(world, &bytes, true).await {
        prop_assert!(heard.status < 500, "{}", heard.head);
    }
    Ok(())
}

#[test]
fn whatever_is_asked_is_answered_with_a_success_or_a_problem() {
    play(request(), &is_answered_in_order);
}

#[test]
fn whatever_bytes_come_the_service_goes_on() {
    play(garbled(), &is_survived);
}
