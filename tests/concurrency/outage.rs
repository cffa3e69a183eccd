//! Outages: connections that end, a network that freezes. Nobody waits for ever, nothing is lost.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Weather, World, eventually};
use futures_util::future::{join, join_all};

#[tokio::test]
async fn a_sale_goes_on_while_its_backends_are_ended_again_and_again() {
    let world = World::open(2, &["--batch-limit", "8"]).await;
    let shops = &world.shops();
    shops[0].stock("SHAKY", 50).await;
    let mut ended = 0;
    let sale = join_all((0..150).map(async |n| {
        let user = format!("user-{n}");
        loop {
            let answer = shops[n % 2].reserve("SHAKY", &user).await;
            if answer.assert_status_in(&[200, 201, 202, 503]) != 503 {
                return answer.id();
            }
        }
    }));
    let cuts = async {
        let mut rows = 0;
        while rows < 150 {
            // Whenever the sale has got on, the next transaction is cut off.
            let question = "select count(*) from reservations";
            let more = async || world.books.number(question).await > rows;
            eventually("the sale gets on", more).await;
            rows = world.books.number(question).await;
            let backends = "select pg_terminate_backend(pid)::text from pg_stat_activity
                            where datname = current_database() and query not like '%terminate%'";
            ended += world.books.texts(backends).await.len();
        }
    };
    let (mut ids, ()) = join(sale, cuts).await;
    assert!(ended > 0);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 150);
    let books = shops[0].inventory("SHAKY").await;
    assert_eq!(books.number("reserved_quantity"), 50);
    assert_eq!(books.number("waitlist_size"), 100);
    world.audit().await;
}

#[tokio::test]
async fn nobody_waits_for_ever_while_the_network_is_frozen() {
    let (world, proxy) = World::open_behind_proxy(&["--request-timeout-ms", "500"]).await;
    let shop = &world.shop();
    shop.stock("ICE", 5).await;
    let id = &shop.reserve("ICE", "early").await.id();
    proxy.set(Weather::Frozen);
    let began = Instant::now();
    let reads = join(shop.inventory("ICE"), shop.get("/readyz"));
    let commands = join(shop.reserve("ICE", "late"), shop.confirm(id));
    let ((stock, readiness), (reserved, confirmed)) = join(reads, commands).await;
    for answer in [stock, readiness, reserved, confirmed] {
        answer.assert_status(503);
        assert!(answer.header("retry-after").is_some());
    }
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    shop.get("/livez").await.assert_status(200);
    proxy.set(Weather::Fair);
    shop.confirm(id).await.assert_status(200);
    shop.reserve("ICE", "late")
        .await
        .assert_status_in(&[200, 201]);
    world.audit().await;
}

#[tokio::test]
async fn connections_that_fell_silent_are_replaced_in_time() {
    let (world, proxy) = World::open_behind_proxy(&["--request-timeout-ms", "3000"]).await;
    let shop = &world.shop();
    shop.stock("SILENT", 5).await;
    let id = &shop.reserve("SILENT", "early").await.id();
    join_all((0..5).map(|_| shop.inventory("SILENT"))).await;
    proxy.silence();
    let reserved = shop.reserve("SILENT", "late");
    let read = shop.inventory("SILENT");
    let (reserved, read) = join(reserved, read).await;
    reserved.assert_status(201);
    read.assert_status(200);
    shop.confirm(id).await.assert_status(200);
    world.audit().await;
}

#[tokio::test]
async fn a_row_whose_transaction_fell_silent_is_free_again_soon() {
    let (mut world, proxy) = World::open_behind_proxy(&[]).await;
    world.join(&[]).await;
    let shops = &world.shops();
    shops[0].stock("MUTE", 5).await;
    let locked = world.books.lock("MUTE").await;
    let first = shops[0].reserve("MUTE", "first");
    let rival = async {
        let waiting = async || world.books.waiting_for(&locked).await > 0;
        eventually("a transaction waits for the row", waiting).await;
        // It gets the row, and its process never hears of it.
        proxy.silence();
        locked.commit().await;
        let began = Instant::now();
        shops[1].reserve("MUTE", "rival").await.assert_status(201);
        began.elapsed()
    };
    let (first, waited) = join(first, rival).await;
    first.assert_status_in(&[201, 503]);
    assert!(waited < Duration::from_secs(4), "{waited:?}");
    world.audit().await;
}

#[tokio::test]
async fn reads_that_are_never_answered_do_not_keep_their_places_in_the_pool() {
    // Two of the eight connections are left for reading.
    let flags = ["--lanes", "6", "--request-timeout-ms", "500"];
    let (world, proxy) = World::open_behind_proxy(&flags).await;
    let shop = &world.shop();
    shop.stock("DEAF", 5).await;
    proxy.set(Weather::Deaf);
    for answer in join_all((0..4).map(|_| shop.inventory("DEAF"))).await {
        answer.assert_problem(503, "database-unavailable");
    }
    // Whatever had asked stays silent for good.
    proxy.set(Weather::Fair);
    let reads = async || shop.inventory("DEAF").await.status == 200;
    eventually("there is a connection to read by", reads).await;
    world.audit().await;
}
