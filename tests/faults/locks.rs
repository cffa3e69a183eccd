//! Rows and connections that somebody else keeps: only who needs them waits, and not for ever.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Answer, World, eventually};
use futures_util::future::join_all;

/// `--request-timeout-ms=500` promises 1 s; the rest is room for a slow machine.
const DEADLINE: Duration = Duration::from_secs(3);

const IMPATIENT: [&str; 1] = ["--request-timeout-ms=500"];

#[tokio::test]
async fn a_row_that_an_auditor_keeps_locked_holds_up_only_its_own_shoppers() {
    let world = World::open(1, &IMPATIENT).await;
    let shop = &world.shop();
    shop.stock("LOCKED", 50).await;
    shop.stock("FREE", 50).await;
    let held = &shop.reserve("LOCKED", "early").await.id();
    let auditor = world.books.lock("LOCKED").await;
    // For as long as several deadlines, one after the other.
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
        // Reading waits for no lock.
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
        "who was refused has changed nothing"
    );
    assert_eq!(books.number("sold_quantity"), 1);
    world.audit().await;
}

#[tokio::test]
async fn a_table_that_is_locked_is_answered_with_503_and_got_over() {
    let world = World::open(1, &IMPATIENT).await;
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
    answers.iter().chain([&read]).for_each(assert_away);
    locked.commit().await;
    shop.reserve("TABLE", "afterwards").await.assert_status(201);
    world.audit().await;
}

fn assert_away(answer: &Answer) {
    answer.assert_status(503);
    assert_eq!(answer.kind(), "application/problem+json");
    assert!(answer.header("retry-after").is_some());
}

#[tokio::test]
async fn readers_that_find_all_connections_taken_hear_so_and_commands_go_on() {
    // Of the eight connections two are left for reading, and one for the jobs.
    let world = World::open(1, &["--lanes=5", IMPATIENT[0]]).await;
    let shop = &world.shop();
    shop.stock("POOL", 50).await;
    shop.reserve("POOL", "early").await.assert_status(201);
    // Both connections for reading wait for a table that a command does without.
    shop.stock("OTHER", 1).await;
    let mut locked = world.books.lock("OTHER").await;
    locked.execute("lock table reservations_history").await;
    let unknown = "/reservations/00000000-0000-7000-8000-000000000000";
    let began = Instant::now();
    let reads = join_all((0..20).map(|_| shop.get(unknown)));
    let buys = async {
        let blocked = "select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'";
        let full = async || world.books.number(blocked).await == 2;
        eventually("both connections wait", full).await;
        shop.reserve("POOL", "meanwhile").await.assert_status(201);
    };
    let (answers, ()) = futures_util::future::join(reads, buys).await;
    assert!(began.elapsed() < DEADLINE, "{:?}", began.elapsed());
    answers.iter().for_each(assert_away);
    locked.commit().await;
    shop.get(unknown).await.assert_status(404);
    shop.reserve("POOL", "afterwards").await.assert_status(201);
    world.audit().await;
}
