//! Whatever is sent, the answer is a success or a problem, and what is refused changes nothing.

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

use crate::requests::{Request, garbled, request, whole};
use crate::targets::{Target, targets};

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

    /// Whether it is a stream of events.
    fn streams(&self) -> bool {
        self.head.contains("\ncontent-type: text/event-stream")
    }

    /// That a stream has begun, and that a refusal is a whole problem document.
    fn is_in_order(&self, method: &str) -> Result<(), TestCaseError> {
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

/// Who is `done` says that nothing more will come, which ends a request that is not whole.
async fn ask(world: &World, bytes: &[u8], done: bool) -> Option<Heard> {
    let mut client = world.connect().await;
    // Who has heard enough hangs up.
    client.write_all(bytes).await.ok();
    if done {
        client.shutdown().await.ok();
    }
    let heard = timeout(PATIENCE, listen(&mut client)).await;
    Heard::of(&heard.expect("the server ends it, or it is a stream"))
}

/// All that comes; of a stream, which does not end, the head and the first that follows it.
async fn listen(client: &mut TcpStream) -> Vec<u8> {
    let mut heard = Vec::new();
    while let Ok(1..) = client.read_buf(&mut heard).await {
        if Heard::of(&heard).is_some_and(|heard| heard.streams() && !heard.body.is_empty()) {
            break;
        }
    }
    heard
}

/// A new Fairhold with something in its books, and all that it can be asked.
async fn open() -> (World, Vec<Target>) {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("FUZZ", 1000).await;
    let held = shop.reserve("FUZZ", "first").await.id();
    let known = json!({"sku": "FUZZ", "user_id": "first", "reservation_id": held});
    let document = shop.get("/openapi.json").await;
    let document = &document.assert_status(200).body;
    let targets = targets(document, known.as_object().unwrap());
    (world, targets)
}

/// Plays an eighth of so many cases as `PROPTEST_CASES` says for each target, against one Fairhold
/// whose books must hold.
fn play<V: Debug>(
    cases: impl Fn(&Target) -> BoxedStrategy<V>,
    judge: &impl AsyncFn(&World, V) -> Result<(), TestCaseError>,
) {
    let runtime = Runtime::new().unwrap();
    let (world, targets) = runtime.block_on(open());
    let config = Config {
        failure_persistence: None,
        cases: (Config::default().cases / 8).max(1),
        max_shrink_time: PATIENCE.as_millis().try_into().unwrap(),
        ..Config::default()
    };
    for target in &targets {
        let mut runner = TestRunner::new(config.clone());
        let judged = |case| runtime.block_on(judge(&world, case));
        let played = runner.run(&cases(target), judged);
        played.unwrap_or_else(|failure| panic!("{} {}: {failure}", target.method, target.path));
    }
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
        heard.is_in_order(&request.method)?;
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

#[tokio::test]
async fn whatever_the_document_tells_of_is_there_and_so_is_reached() {
    let (world, targets) = open().await;
    let told = targets.iter().filter(|target| target.told);
    assert!(targets.iter().any(|target| target.streams));
    for target in told {
        let heard = ask(&world, &whole(target).bytes(), false).await.unwrap();
        let what = format!("{} {}: {}", target.method, target.path, heard.head);
        assert!(!matches!(heard.status, 404 | 405 | 422 | 500..), "{what}");
        assert_eq!(heard.streams(), target.streams, "{what}");
        heard.is_in_order(&target.method).expect(&what);
    }
    world.audit().await;
}

#[test]
fn whatever_is_asked_is_answered_with_a_success_or_a_problem() {
    play(request, &is_answered_in_order);
}

#[test]
fn whatever_bytes_come_the_service_goes_on() {
    play(garbled, &is_survived);
}
