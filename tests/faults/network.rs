//! Failures of the network to the database: each response is true or 503, and in time, and no
//! transaction is left open.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Answer, Weather, World, eventually};
use futures_util::future::{join, join_all};

use crate::wire::{Hand, Wire};

/// `--request-timeout-ms=500` promises 1 s; the rest is for a slow machine.
const DEADLINE: Duration = Duration::from_secs(3);

/// Sessions of the service that are idle in a transaction.
const LEFT_OPEN: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and state like 'idle in transaction%'";

/// Asserts that the service recovers by itself and leaves no transaction open.
pub(crate) async fn recovers(world: &World) {
    let shop = &world.shop();
    let ready = async || shop.get("/readyz").await.status == 200;
    eventually("the service is ready", ready).await;
    let open = async || world.books.number(LEFT_OPEN).await == 0;
    eventually("no transaction is left open", open).await;
    let serves = async || shop.reserve("NET", "afterwards").await.is_success();
    eventually("the service serves", serves).await;
}

/// Asserts that each successful response has its one reservation in the database.
pub(crate) async fn assert_stored(world: &World, answers: &[Answer]) {
    for answer in answers.iter().filter(|answer| answer.is_success()) {
        let id = answer.id();
        let rows = format!("select count(*) from reservations where reservation_id = '{id}'");
        assert_eq!(world.books.number(&rows).await, 1, "{answer:?}");
    }
    let users = "select count(*) - count(distinct user_id) from reservations";
    assert_eq!(
        world.books.number(users).await,
        0,
        "a user has two reservations"
    );
    world.audit().await;
}

/// Reserves for `users` users at once; each must get a success or 503 by the deadline.
async fn rush(world: &World, name: &str, users: usize) -> Vec<Answer> {
    let shop = &world.shop();
    let began = Instant::now();
    let asks = (0..users).map(async |n| shop.reserve("NET", &format!("{name}-{n}")).await);
    let answers = join_all(asks).await;
    assert!(began.elapsed() < DEADLINE, "{:?}", began.elapsed());
    for answer in &answers {
        if answer.assert_status_in(&[200, 201, 202, 503]) == 503 {
            assert_eq!(answer.kind(), "application/problem+json");
            assert!(answer.header("retry-after").is_some(), "{answer:?}");
        }
    }
    answers
}

#[tokio::test]
async fn a_connection_cut_before_the_transaction_begins_is_replaced_unnoticed() {
    let (world, hand) = Hand::on_new_wire(&[]).await;
    let shop = &world.shop();
    shop.stock("NET", 50).await;
    shop.reserve("NET", "warm-up").await.assert_status(201);
    hand.set(Wire::CutAt("begin isolation"));
    let (answers, ()) = join(rush(&world, "cut", 20), hand.was_cut()).await;
    for answer in &answers {
        answer.assert_status(201);
    }
    recovers(&world).await;
    assert_stored(&world, &answers).await;
}

#[tokio::test]
async fn a_connection_cut_within_a_transaction_is_replaced_unnoticed() {
    let (world, hand) = Hand::on_new_wire(&[]).await;
    world.shop().stock("NET", 50).await;
    for word in ["from skus", "clock_timestamp", "insert into", "update skus"] {
        hand.set(Wire::CutAt(word));
        let name = word.replace(' ', "-");
        let answers = rush(&world, &name, 5).await;
        for answer in &answers {
            answer.assert_status(201);
        }
        hand.set(Wire::Sound);
        recovers(&world).await;
        assert_stored(&world, &answers).await;
    }
}

#[tokio::test]
async fn a_network_that_resets_every_connection_answers_503_until_it_works() {
    let (world, hand) = Hand::on_new_wire(&["--request-timeout-ms=500"]).await;
    world.shop().stock("NET", 50).await;
    let before = rush(&world, "before", 10).await;
    hand.set(Wire::Resetting);
    let during = rush(&world, "during", 10).await;
    for answer in &during {
        answer.assert_status(503);
    }
    world.shop().get("/readyz").await.assert_status(503);
    hand.set(Wire::Sound);
    recovers(&world).await;
    assert_stored(&world, &[before, during].concat()).await;
}

#[tokio::test]
async fn repeated_connection_resets_change_no_response() {
    let (world, hand) = Hand::on_new_wire(&[]).await;
    world.shop().stock("NET", 50).await;
    let resets = async {
        let rows = "select count(*) from reservations";
        loop {
            let before = world.books.number(rows).await;
            hand.reset();
            let more = async || world.books.number(rows).await > before;
            eventually("the sale advances", more).await;
        }
    };
    let sale = async {
        let mut answers = Vec::new();
        for round in 0..10 {
            answers.extend(rush(&world, &format!("round-{round}"), 10).await);
        }
        answers
    };
    let answers = tokio::select! {
        answers = sale => answers,
        () = resets => unreachable!("the resets never end"),
    };
    for answer in &answers {
        answer.assert_status_in(&[201, 202]);
    }
    recovers(&world).await;
    assert_stored(&world, &answers).await;
}

#[tokio::test]
async fn a_network_of_a_few_bytes_per_second_answers_503() {
    let (world, hand) = Hand::on_new_wire(&["--request-timeout-ms=500"]).await;
    let shop = &world.shop();
    shop.stock("NET", 50).await;
    let early = &shop.reserve("NET", "early").await;
    hand.set(Wire::Slow(50));
    let reads = async {
        let began = Instant::now();
        shop.inventory("NET").await.assert_status(503);
        assert!(began.elapsed() < DEADLINE, "{:?}", began.elapsed());
    };
    let (during, ()) = join(rush(&world, "slow", 10), reads).await;
    hand.set(Wire::Sound);
    recovers(&world).await;
    shop.confirm(&early.id()).await.assert_status(200);
    assert_stored(&world, &during).await;
}

#[tokio::test]
async fn a_network_frozen_past_all_deadlines_does_no_harm() {
    let (world, proxy) = World::open_behind_proxy(&["--request-timeout-ms=500"]).await;
    let shop = &world.shop();
    shop.stock("NET", 50).await;
    let early = &shop.reserve("NET", "early").await;
    proxy.set(Weather::Frozen);
    let during = rush(&world, "frozen", 20).await;
    for answer in &during {
        answer.assert_status(503);
    }
    shop.confirm(&early.id()).await.assert_status(503);
    proxy.set(Weather::Fair);
    recovers(&world).await;
    shop.confirm(&early.id()).await.assert_status(200);
    let again = rush(&world, "frozen", 20).await;
    for answer in &again {
        answer.assert_status_in(&[200, 201]);
    }
    assert_stored(&world, &again).await;
}
