//! The scheduled job: each hold ends once, soon, whatever happens to its neighbors or the network.

use fairhold_test_kit::{Shop, Weather, World, eventually};
use futures_util::future::join_all;

/// Makes `count` holds and as many who wait on `sku`.
async fn fill(shop: &Shop, sku: &str, count: usize) {
    shop.stock(sku, i64::try_from(count).unwrap()).await;
    let held = (0..count).map(async |n| shop.reserve(sku, &format!("holder-{n}")).await.status);
    assert!(join_all(held).await.into_iter().all(|status| status == 201));
    let waiting = (0..count).map(async |n| shop.reserve(sku, &format!("waiter-{n}")).await.status);
    assert!(
        join_all(waiting)
            .await
            .into_iter()
            .all(|status| status == 202)
    );
}

/// Waits until the job has offered so many units on.
async fn promoted(world: &World, count: i64) {
    let rows = "select count(*) from ledger where kind = 'PROMOTED'";
    let all = async || world.books.number(rows).await == count;
    eventually("the line is served", all).await;
}

/// The longest time from the end of a hold to its row in the ledger, in milliseconds.
async fn slowest(world: &World, sku: &str) -> i64 {
    let question = format!(
        "select (extract(epoch from max(l.recorded_at - r.expires_at)) * 1000)::bigint
         from ledger l join reservations r using (sku, reservation_id)
         where l.kind = 'EXPIRED' and l.sku = '{sku}'"
    );
    world.books.number(&question).await
}

#[tokio::test]
async fn two_processes_that_sweep_the_same_holds_end_each_once() {
    let world = World::open(2, &["--sweep-interval-ms", "10"]).await;
    let shop = &world.shop();
    let skus = ["S-0", "S-1", "S-2", "S-3", "S-4"];
    join_all(skus.map(|sku| fill(shop, sku, 30))).await;
    join_all(skus.map(|sku| world.books.end_holds(sku, 200))).await;
    promoted(&world, 150).await;
    let rows = "select count(*) from ledger where kind = 'EXPIRED'";
    assert_eq!(world.books.number(rows).await, 150);
    world.audit().await;
}

#[tokio::test]
async fn stock_of_a_hold_that_ended_is_offered_on_within_a_second() {
    let world = World::open(1, &[]).await;
    fill(&world.shop(), "SOON", 10).await;
    world.books.end_holds("SOON", 500).await;
    promoted(&world, 10).await;
    let slowest = slowest(&world, "SOON").await;
    assert!(slowest < 1000, "it took {slowest} ms");
    world.audit().await;
}

#[tokio::test]
async fn more_holds_than_a_transaction_ends_are_all_ended() {
    let world = World::open(2, &[]).await;
    let shop = &world.shop();
    fill(shop, "MANY", 600).await;
    world.books.end_holds("MANY", 0).await;
    // Whoever comes now waits behind all who wait, however many holds are still to be ended.
    shop.reserve("MANY", "newcomer").await.assert_status(202);
    promoted(&world, 600).await;
    world.audit().await;
}

#[tokio::test]
async fn a_reserve_finds_the_stock_of_more_ended_holds_than_a_transaction_ends() {
    let world = World::open(1, &["--sweep-interval-ms", "900"]).await;
    let shop = &world.shop();
    shop.stock_with_limit("BULK", 1100, 0).await;
    join_all((0..1100).map(async |n| shop.reserve("BULK", &format!("holder-{n}")).await)).await;
    world.books.end_holds("BULK", 0).await;
    let bulk = shop.reserve_units("BULK", "wholesaler", 1050).await;
    bulk.assert_status(201);
    world.audit().await;
}

#[tokio::test]
async fn a_locked_sku_does_not_keep_the_job_from_the_others() {
    let world = World::open(1, &[]).await;
    let shop = &world.shop();
    for sku in ["LOCKED", "OTHER"] {
        fill(shop, sku, 5).await;
        world.books.end_holds(sku, 0).await;
        promoted(&world, if sku == "LOCKED" { 5 } else { 10 }).await;
    }
    // The promoted hold on; their end comes while somebody keeps one of the rows locked.
    world.books.end_holds("LOCKED", 0).await;
    let locked = world.books.lock("LOCKED").await;
    let waiting = async || world.books.waiting_for(&locked).await > 0;
    eventually("the job waits for the row", waiting).await;
    world.books.end_holds("OTHER", 0).await;
    let ended = "select count(*) from ledger where kind = 'EXPIRED' and sku = 'OTHER'";
    let swept = async || world.books.number(ended).await == 10;
    eventually("the other is swept", swept).await;
    let slowest = slowest(&world, "OTHER").await;
    locked.commit().await;
    assert!(slowest < 2000, "it took {slowest} ms");
    world.audit().await;
}

#[tokio::test]
async fn a_crowd_on_one_sku_does_not_keep_the_job_from_another_of_its_lane() {
    let world = World::open(1, &["--lanes", "1", "--batch-limit", "1"]).await;
    let shop = &world.shop();
    fill(shop, "QUIET", 5).await;
    shop.stock("CROWDED", 1000).await;
    let crowd = join_all((0..300).map(async |n| {
        loop {
            let answer = shop.reserve("CROWDED", &format!("user-{n}")).await;
            answer.assert_status_in(&[200, 201]);
        }
    }));
    let meanwhile = async {
        let rows = "select count(*) from reservations where sku = 'CROWDED'";
        let crowded = async || world.books.number(rows).await > 200;
        eventually("the lane is crowded", crowded).await;
        world.books.end_holds("QUIET", 0).await;
        promoted(&world, 5).await;
    };
    tokio::select! {
        _ = crowd => {}
        () = meanwhile => {}
    }
    world.audit().await;
}

#[tokio::test]
async fn the_job_goes_on_after_its_connections_were_ended() {
    let world = World::open(1, &[]).await;
    fill(&world.shop(), "CUT", 10).await;
    world.books.end_holds("CUT", 300).await;
    for _ in 0..5 {
        let others = "select pg_terminate_backend(pid)::text from pg_stat_activity
                      where datname = current_database() and query not like '%terminate%'";
        world.books.texts(others).await;
    }
    promoted(&world, 10).await;
    world.audit().await;
}

#[tokio::test]
async fn the_job_goes_on_after_the_network_was_down() {
    let (world, proxy) = World::open_behind_proxy(&["--request-timeout-ms", "500"]).await;
    let shop = &world.shop();
    fill(shop, "DARK", 10).await;
    proxy.set(Weather::Down);
    world.books.end_holds("DARK", 0).await;
    shop.reserve("DARK", "in the dark")
        .await
        .assert_problem(503, "database-unavailable");
    let ready = shop.get("/readyz").await;
    ready.assert_problem(503, "database-unavailable");
    shop.get("/livez").await.assert_status(200);
    proxy.set(Weather::Fair);
    promoted(&world, 10).await;
    eventually("it is ready", async || {
        shop.get("/readyz").await.status == 200
    })
    .await;
    world.audit().await;
}

#[tokio::test]
async fn the_job_goes_on_after_its_connection_fell_silent() {
    let (world, proxy) = World::open_behind_proxy(&[]).await;
    fill(&world.shop(), "SILENT", 10).await;
    proxy.set(Weather::Deaf);
    proxy.held_back().await;
    proxy.set(Weather::Fair);
    world.books.end_holds("SILENT", 0).await;
    promoted(&world, 10).await;
    world.audit().await;
}
