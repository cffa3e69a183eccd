//! Rows and connections held by others: only requests that need them wait, for a bounded time.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Answer, World, eventually};
use futures_util::future::join_all;
use tokio::time::sleep;

/// `--request-timeout-ms=500` promises 1 s; the rest is for a slow machine.
const DEADLINE: Duration = Duration::from_secs(3);

const SHORT_TIMEOUT: [&str; 1] = ["--request-timeout-ms=500"];

#[tokio::test]
async fn a_row_that_an_auditor_keeps_locked_delays_only_its_own_commands() {
    let world = World::open(1, &SHORT_TIMEOUT).await;
    let shop = &world.shop();
    shop.stock("LOCKED", 50).await;
    shop.stock("FREE", 50).await;
    let held = &shop.reserve("LOCKED", "early").await.id();
    let auditor = world.books.lock("LOCKED").await;
    // Longer than several deadlines in a row.
    for round in 0..4 {
        let began = Instant::now();
        let locked = join_all((0..5).map(async |n| {
            let user = format!("locked-{round}-{n}");
            shop.reserve("LOCKED", &user).await
        }));
        let free = join_all((0..5).map(async |n| {
            let user = format!("free-{round}-{n}");
            shop.reserve("FREE", &user).await
        }));
        let asks = futures_util::future::join3(locked, free, shop.confirm(held));
        let (locked, free, confirmed) = asks.await;
        assert!(began.elapsed() < DEADLINE, "{:?}", began.elapsed());
        for answer in locked.iter().chain([&confirmed]) {
            answer.assert_problem(503, "overloaded");
        }
        for answer in &free {
            answer.assert_status(201);
        }
        // Reads wait for no row lock.
        shop.inventory("LOCKED").await.assert_status(200);
    }
    auditor.commit().await;
    shop.confirm(held).await.assert_status(200);
    shop.reserve("LOCKED", "afterwards")
        .await
        .assert_status(201);
    let books = shop.inventory("LOCKED").await;
    assert_eq!(
        books.number("reserved_quantity"),
        1,
        "refused commands changed nothing"
    );
    assert_eq!(books.number("sold_quantity"), 1);
    world.audit().await;
}

#[tokio::test]
async fn a_row_that_stays_locked_makes_its_lane_wait_once() {
    // The lane waits for a lock up to a second, and refuses a command after four.
    let world = World::open(1, &["--lanes=1", "--request-timeout-ms=8000"]).await;
    let shop = &world.shop();
    shop.stock("LOCKED", 50).await;
    shop.stock("FREE", 50).await;
    let auditor = world.books.lock("LOCKED").await;
    let refused = shop.reserve("LOCKED", "first").await;
    refused.assert_problem(503, "overloaded");
    // No command waits for the row any more, but it is still known to be locked.
    let again = shop.reserve("LOCKED", "second");
    let others = async {
        for n in 0..30 {
            let began = Instant::now();
            let answer = shop.reserve("FREE", &format!("free-{n}")).await;
            answer.assert_status(201);
            assert!(began.elapsed() < Duration::from_millis(900), "{n}");
            sleep(Duration::from_millis(20)).await;
        }
        auditor.commit().await;
    };
    let (again, ()) = futures_util::future::join(again, others).await;
    again.assert_status(201);
    world.audit().await;
}

#[tokio::test]
async fn a_row_that_many_sessions_take_in_turn_makes_its_lane_wait_no_longer_than_one_lock() {
    let world = World::open(1, &["--lanes=1", "--request-timeout-ms=8000"]).await;
    let shop = &world.shop();
    shop.stock("HOT", 50).await;
    shop.stock("FREE", 50).await;
    let end = Instant::now() + Duration::from_secs(6);
    // Each changes the row, so that those who wait for it begin anew at its next version.
    let rivals = join_all((0..4).map(async |_| {
        while Instant::now() < end {
            let mut lock = world.books.lock("HOT").await;
            lock.execute("update skus set hold_ttl_seconds = hold_ttl_seconds where sku = 'HOT'")
                .await;
            sleep(Duration::from_millis(300)).await;
            lock.commit().await;
        }
    }));
    let hot = join_all((0..4).map(async |n| {
        while Instant::now() < end {
            let answer = shop.reserve("HOT", &format!("hot-{n}")).await;
            assert!([200, 201, 503].contains(&answer.status), "{answer:?}");
        }
    }));
    let free = async {
        let mut number = 0;
        while Instant::now() < end {
            let began = Instant::now();
            let answer = shop.reserve("FREE", &format!("free-{number}")).await;
            assert!([201, 202].contains(&answer.status), "{answer:?}");
            // A second for the lock, and the rest for a slow machine.
            assert!(
                began.elapsed() < Duration::from_millis(1800),
                "{:?}",
                began.elapsed()
            );
            number += 1;
        }
    };
    futures_util::future::join3(rivals, hot, free).await;
    world.audit().await;
}

#[tokio::test]
async fn a_locked_table_answers_503_until_it_is_released() {
    let world = World::open(1, &SHORT_TIMEOUT).await;
    let shop = &world.shop();
    shop.stock("TABLE", 50).await;
    let mut locked = world.books.lock("TABLE").await;
    locked
        .execute("lock table reservations, ledger, skus")
        .await;
    let began = Instant::now();
    let answers = join_all((0..10).map(async |n| shop.reserve("TABLE", &format!("u{n}")).await));
    let (answers, read) = futures_util::future::join(answers, shop.inventory("TABLE")).await;
    assert!(began.elapsed() < DEADLINE, "{:?}", began.elapsed());
    answers.iter().chain([&read]).for_each(assert_unavailable);
    locked.commit().await;
    shop.reserve("TABLE", "afterwards").await.assert_status(201);
    world.audit().await;
}

fn assert_unavailable(answer: &Answer) {
    answer.assert_status(503);
    assert_eq!(answer.kind(), "application/problem+json");
    assert!(answer.header("retry-after").is_some());
}

#[tokio::test]
async fn readers_without_a_free_connection_get_503_while_commands_are_served() {
    // Of the eight connections, two serve reads and one serves the jobs.
    let world = World::open(2, &["--lanes=5", SHORT_TIMEOUT[0]]).await;
    let shops = world.shops();
    let [shop, other] = &shops[..] else {
        panic!("there are two processes");
    };
    shop.stock("POOL", 50).await;
    let early = shop.reserve("POOL", "early").await;
    early.assert_status(201);
    // Both connections for reads wait for a table that commands do not use.
    shop.stock("OTHER", 1).await;
    let mut locked = world.books.lock("OTHER").await;
    locked.execute("lock table reservations_history").await;
    let unknown = "/reservations/00000000-0000-7000-8000-000000000000";
    let began = Instant::now();
    let reads = join_all((0..20).map(|_| other.get(unknown)));
    let buys = async {
        let blocked = "select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'";
        let full = async || world.books.number(blocked).await == 2;
        eventually("both connections wait", full).await;
        other.reserve("POOL", "meanwhile").await.assert_status(201);
        // It was made by another process, so this one must look its SKU up.
        other.confirm(&early.id()).await.assert_status(200);
    };
    let (answers, ()) = futures_util::future::join(reads, buys).await;
    assert!(began.elapsed() < DEADLINE, "{:?}", began.elapsed());
    answers.iter().for_each(assert_unavailable);
    locked.commit().await;
    other.get(unknown).await.assert_status(404);
    shop.reserve("POOL", "afterwards").await.assert_status(201);
    world.audit().await;
}
