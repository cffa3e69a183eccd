//! Thirty seconds with default settings of a row that psql keeps locked, and of a frozen network to
//! the database.

use std::future::Future;
use std::time::{Duration, Instant};

use fairhold_test_kit::{Weather, World, eventually};
use futures_util::future::{join, join3};
use tokio::time::{sleep, timeout};

use crate::network::{assert_stored, recovers};
use crate::psql::Psql;

const DURATION: Duration = Duration::from_secs(30);

/// By default a request gets its response within 10 s; the rest is for a slow machine.
const DEADLINE: Duration = Duration::from_secs(13);

/// Requests that need nothing locked get only the time for a slow machine.
const PROMPT: Duration = Duration::from_secs(3);

/// Between requests, so that other tests get processor time.
const PAUSE: Duration = Duration::from_millis(50);

/// The result of `work`, which must come within `time`.
async fn within<T>(time: Duration, work: impl Future<Output = T>) -> T {
    let done = timeout(time, work).await;
    done.unwrap_or_else(|_elapsed| panic!("no result within {time:?}"))
}

/// Repeats `work` for the duration. Returns how often.
async fn repeat(mut work: impl AsyncFnMut(u32)) -> u32 {
    let (began, mut rounds) = (Instant::now(), 0);
    while began.elapsed() < DURATION {
        work(rounds).await;
        rounds += 1;
        sleep(PAUSE).await;
    }
    rounds
}

/// Both at once, so that the tests take 30 seconds only once.
#[tokio::test]
async fn the_service_recovers_from_30_seconds_of_a_locked_row_or_a_frozen_network() {
    join(Box::pin(a_locked_row()), Box::pin(a_frozen_network())).await;
}

/// Only commands on that row are delayed.
async fn a_locked_row() {
    let world = World::open(1, &[]).await;
    let shop = &world.shop();
    shop.stock("LOCKED", 50).await;
    shop.stock("FREE", 10_000).await;
    let held = &shop.reserve("LOCKED", "early").await.id();
    let Some(mut psql) = Psql::open(&world.database.url()).await else {
        return;
    };
    psql.send("begin; select * from skus where sku = 'LOCKED' for update;")
        .await;
    let locked = async || !world.books.is_free("LOCKED").await;
    eventually("psql has the row", locked).await;
    let refused = repeat(async |n| {
        let user = format!("locked-{n}");
        let asks = join(shop.reserve("LOCKED", &user), shop.confirm(held));
        let answers = within(DEADLINE, asks).await;
        answers.0.assert_problem(503, "overloaded");
        answers.1.assert_problem(503, "overloaded");
    });
    let bought = repeat(async |n| {
        let user = format!("free-{n}");
        let bought = within(PROMPT, shop.reserve("FREE", &user)).await;
        bought.assert_status(201);
    });
    let read = repeat(async |_| {
        let read = within(PROMPT, shop.inventory("LOCKED")).await;
        read.assert_status(200);
    });
    let (refused, bought, read) = join3(refused, bought, read).await;
    assert!(
        refused >= 2 && bought > 20 && read > 20,
        "{refused}, {bought}, {read}"
    );
    psql.send("commit;").await;
    let free = async || world.books.is_free("LOCKED").await;
    eventually("psql has released the row", free).await;
    shop.confirm(held).await.assert_status(200);
    shop.reserve("LOCKED", "afterwards")
        .await
        .assert_status(201);
    let books = shop.inventory("LOCKED").await;
    let reserved = books.number("reserved_quantity");
    assert_eq!(reserved, 1, "refused commands changed nothing");
    world.audit().await;
}

/// Every request gets 503.
async fn a_frozen_network() {
    let (world, proxy) = World::open_behind_proxy(&[]).await;
    let shop = &world.shop();
    shop.stock("NET", 500).await;
    let held = &shop.reserve("NET", "early").await.id();
    proxy.set(Weather::Frozen);
    let commands = repeat(async |n| {
        let user = format!("frozen-{n}");
        let asks = join(shop.reserve("NET", &user), shop.confirm(held));
        let answers = within(DEADLINE, asks).await;
        answers.0.assert_status(503);
        answers.1.assert_status(503);
    });
    let reads = repeat(async |_| {
        let read = within(DEADLINE, shop.inventory("NET")).await;
        read.assert_status(503);
    });
    let (commands, reads) = join(commands, reads).await;
    assert!(commands >= 2 && reads >= 2, "{commands}, {reads}");
    proxy.set(Weather::Fair);
    recovers(&world).await;
    shop.confirm(held).await.assert_status(200);
    let mut again = Vec::new();
    for n in 0..commands {
        let answer = shop.reserve("NET", &format!("frozen-{n}")).await;
        answer.assert_status_in(&[200, 201]);
        again.push(answer);
    }
    assert_stored(&world, &again).await;
}
