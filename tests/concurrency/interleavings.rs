//! Interleavings by hand: a test's own transaction holds the row, and the server waits for it.

use fairhold_test_kit::{LockedSku, World, eventually};
use futures_util::future::{join, join_all};

/// Books that say that somebody bought the only unit of `LAST`, in two entries.
const SELL_THE_LAST: &str = "
    insert into reservations (
        sku, reservation_id, user_id, quantity, status, ttl_seconds, created_at, updated_at,
        expires_at, fairness_score, fairness_tier, fairness_reason
    )
    values (
        'LAST', '019aa000-0000-7000-8000-000000000001', 'first', 1, 'CONFIRMED', 300,
        now(), now(), now() + interval '5 minutes',
        1, 'full', 'by hand'
    );
    insert into ledger (
        sku, entry, kind, reservation_id, quantity, available_delta, reserved_delta, sold_delta,
        total_delta, recorded_at
    )
    values
        ('LAST', 2, 'RESERVED', '019aa000-0000-7000-8000-000000000001', 1, -1, 1, 0, 0, now()),
        ('LAST', 3, 'CONFIRMED', '019aa000-0000-7000-8000-000000000001', 1, 0, -1, 1, 0, now());
    insert into user_behavior (
        sku, user_id, confirmed_count, cancelled_count, expired_count, confirmed_weight,
        abandoned_weight, weighted_at
    )
    values ('LAST', 'first', 1, 0, 0, 1, 0, now());
    update skus set available_quantity = 0, sold_quantity = 1, version = 3 where sku = 'LAST'";

async fn waits(world: &World, holder: &LockedSku) {
    let waiting = async || world.books.waiting_for(holder).await > 0;
    eventually("a transaction waits for the row", waiting).await;
}

#[tokio::test]
async fn a_reserve_waits_for_the_row_and_sees_that_the_last_unit_was_sold() {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("LAST", 1).await;
    let mut first = world.books.lock("LAST").await;
    let sell = async {
        waits(&world, &first).await;
        first.execute(SELL_THE_LAST).await;
        first.commit().await;
    };
    let (second, ()) = join(shop.reserve("LAST", "second"), sell).await;
    second.assert_status(202);
    assert_eq!(second.number("waitlist/position"), 1);
    world.audit().await;
}

#[tokio::test]
async fn a_reserve_waits_for_the_row_and_sees_that_stock_came() {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("FULL", 1).await;
    shop.reserve("FULL", "holder").await.assert_status(201);
    let mut first = world.books.lock("FULL").await;
    let refill = async {
        waits(&world, &first).await;
        first
            .execute(
                "insert into ledger (sku, entry, kind, quantity, available_delta, reserved_delta,
                     sold_delta, total_delta, recorded_at)
                 values ('FULL', 3, 'RESTOCKED', 1, 1, 0, 0, 1, clock_timestamp());
                 update skus set available_quantity = 1, total_quantity = 2, version = 3
                 where sku = 'FULL'",
            )
            .await;
        first.commit().await;
    };
    let (second, ()) = join(shop.reserve("FULL", "second"), refill).await;
    second.assert_status(201);
    world.audit().await;
}

/// Lets the hold of `EXACT` end while the row is locked and a request waits for it.
async fn end_the_hold_meanwhile(world: &World, mut first: LockedSku) {
    first
        .end_holds("EXACT", "clock_timestamp() + interval '150 milliseconds'")
        .await;
    waits(world, &first).await;
    let began = world.books.instant().await;
    let ended = async || world.books.instant().await - began > 0.2;
    eventually("the hold has ended", ended).await;
    assert!(world.books.waiting_for(&first).await > 0, "it still waits");
    first.commit().await;
}

#[tokio::test]
async fn a_hold_that_ends_while_its_confirmation_waits_is_expired() {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("EXACT", 1).await;
    let id = shop.reserve("EXACT", "slow").await.id();
    let first = world.books.lock("EXACT").await;
    let meanwhile = end_the_hold_meanwhile(&world, first);
    let (confirmed, ()) = join(shop.confirm(&id), meanwhile).await;
    confirmed.assert_problem(410, "reservation-expired");
    world.audit().await;
}

#[tokio::test]
async fn a_hold_that_ends_while_a_reserve_waits_makes_room_for_it() {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("EXACT", 1).await;
    shop.reserve("EXACT", "slow").await.assert_status(201);
    let first = world.books.lock("EXACT").await;
    let meanwhile = end_the_hold_meanwhile(&world, first);
    let (reserved, ()) = join(shop.reserve("EXACT", "next"), meanwhile).await;
    reserved.assert_status(201);
    world.audit().await;
}

#[tokio::test]
async fn rows_are_locked_in_the_order_of_their_skus() {
    let world = World::open(1, &["--lanes", "1"]).await;
    let shop = &world.shop();
    for sku in ["A", "B", "C", "GATE"] {
        shop.stock(sku, 5).await;
    }
    // While the lane waits at the gate, the others gather behind it, in the wrong order.
    let gate = world.books.lock("GATE").await;
    let middle = world.books.lock("B").await;
    let at_the_gate = shop.reserve("GATE", "gatherer");
    let watch = async {
        waits(&world, &gate).await;
        let batch = join_all(["C", "B", "A"].map(|sku| shop.reserve(sku, "shopper")));
        let order = async {
            waits(&world, &middle).await;
            assert!(!world.books.is_free("A").await, "A was locked before");
            assert!(world.books.is_free("C").await, "C is to be locked later");
            middle.commit().await;
        };
        let (answers, ()) = join(batch, order).await;
        gate.commit().await;
        answers
    };
    let (_, answers) = join(at_the_gate, watch).await;
    for answer in answers {
        answer.assert_status(201);
    }
    world.audit().await;
}

#[tokio::test]
async fn batches_over_many_skus_on_two_processes_never_deadlock() {
    let world = World::open(2, &["--lanes", "2"]).await;
    let shops = &world.shops();
    let skus = &(0..12).map(|n| format!("SKU-{n}")).collect::<Vec<_>>();
    join_all(skus.iter().map(|sku| shops[0].stock(sku, 10))).await;
    let asks = (0..480).map(async |n| {
        // 7 and 12 have no common divisor, so each dozen of users meets all SKUs, mixed.
        let sku = &skus[n * 7 % 12];
        let answer = shops[n % 2].reserve(sku, &format!("user-{n}")).await;
        assert!(matches!(answer.status, 201 | 202), "{answer:?}");
    });
    join_all(asks).await;
    let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
    assert_eq!(world.books.number(deadlocks).await, 0);
    world.audit().await;
}
