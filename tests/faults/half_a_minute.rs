//! Half a minute of it, with the settings that everybody has: a row that an auditor's psql keeps
//! locked, and a network to the database that is frozen.

use std::future::Future;
use std::time::{Duration, Instant};

use fairhold_test_kit::{Weather, World, eventually};
use futures_util::future::{join, join3};
use tokio::time::{sleep, timeout};

use crate::network::{bears_out, recovers};
use crate::psql::Psql;

const SPELL: Duration = Duration::from_secs(30);

/// By default a request is answered within 10 s; the rest is room for a slow machine.
const DEADLINE: Duration = Duration::from_secs(13);

/// What waits for nothing that is locked has only the room.
const AT_ONCE: Duration = Duration::from_secs(3);

/// So that those who are not held up leave the machine to the other tests.
const PAUSE: Duration = Duration::from_millis(50);

/// What comes of it, which must be in time.
async fn within<T>(time: Duration, work: impl Future<Output = T>) -> T {
    let done = timeout(time, work).await;
    done.unwrap_or_else(|_elapsed| panic!("nothing for {time:?}"))
}

/// Does it again and again for half a minute. Returns how often.
async fn again(mut work: impl AsyncFnMut(u32)) -> u32 {
    let (began, mut rounds) = (Instant::now(), 0);
    while began.elapsed() < SPELL {
        work(rounds).await;
        rounds += 1;
        sleep(PAUSE).await;
    }
    rounds
}

/// Side by side, so that whoever runs the tests waits once.
#[tokio::test]
async fn half_a_minute_of_a_locked_row_or_a_frozen_network_is_got_over() {
    join(Box::pin(a_locked_row()), Box::pin(a_frozen_network())).await;
}

/// It holds up only its own shoppers.
async fn a_locked_row() {
    let world = World::open(1, &[]).await;
    let shop = &world.shop();
    shop.stock("LOCKED", 50).await;
    shop.stock("FREE", 10_000).await;
    let held = &shop.reserve("LOCKED", "early").await.id();
    let Some(mut psql) = Psql::open(&world.database.url()).await else {
        return;
    };
    psql.say("begin; select * from skus where sku = 'LOCKED' for update;")
        .await;
    let locked = async || !world.books.is_free("LOCKED").await;
    eventually("psql has the row", locked).await;
    let refused = again(async |n| {
        let user = format!("locked-{n}");
        let asks = join(shop.reserve("LOCKED", &user), shop.confirm(held));
        let answers = within(DEADLINE, asks).await;
        answers.0.assert_problem(503, "overloaded");
        answers.1.assert_problem(503, "overloaded");
    });
    let bought = again(async |n| {
        let user = format!("free-{n}");
        let bought = within(AT_ONCE, shop.reserve("FREE", &user)).await;
        bought.assert_status(201);
    });
    let read = again(async |_| {
        let read = within(AT_ONCE, shop.inventory("LOCKED")).await;
        read.assert_status(200);
    });
    let (refused, bought, read) = join3(refused, bought, read).await;
    assert!(
        refused >= 2 && bought > 20 && read > 20,
        "{refused}, {bought}, {read}"
    );
    psql.say("commit;").await;
    let free = async || world.books.is_free("LOCKED").await;
    eventually("psql lets go", free).await;
    shop.confirm(held).await.assert_status(200);
    shop.reserve("LOCKED", "afterwards")
        .await
        .assert_status(201);
    let books = shop.inventory("LOCKED").await;
    let reserved = books.number("reserved_quantity");
    assert_eq!(reserved, 1, "who was refused has changed nothing");
    world.audit().await;
}

/// It is answered with 503.
async fn a_frozen_network() {
    let (world, proxy) = World::open_behind_proxy(&[]).await;
    let shop = &world.shop();
    shop.stock("NET", 500).await;
    let held = &shop.reserve("NET", "early").await.id();
    proxy.set(Weather::Frozen);
    let commands = again(async |n| {
        let user = format!("frozen-{n}");
        let asks = join(shop.reserve("NET", &user), shop.confirm(held));
        let answers = within(DEADLINE, asks).await;
        answers.0.assert_status(503);
        answers.1.assert_status(503);
    });
    let reads = again(async |_| {
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
    bears_out(&world, &again).await;
}
