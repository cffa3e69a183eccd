//! Sudden ends: what was acknowledged is there afterwards, once.

use std::time::{Duration, Instant};

use fairhold_test_kit::{
    DataDir, Fairhold, Shop, Tables, World, assert_sound, eventually, fill_waitlist, process,
};
use futures_util::future::{join, join_all};
use sqlx::postgres::PgPoolOptions;
use tokio::net::TcpStream;

/// Ids that the server has answered with, each for a unit that was reserved or waited for.
type Acknowledged = Vec<String>;

/// Reserves for one new user after the other on so many connections, until nobody answers.
async fn shop_until_it_ends(shop: &Shop, connections: usize, round: &str) -> Acknowledged {
    let shoppers = (0..connections).map(async |connection| {
        let mut acknowledged = Vec::new();
        for n in 0.. {
            let user = format!("{round}-{connection}-{n}");
            match shop.try_reserve("LOAD", &user).await {
                Ok(answer) if answer.is_success() => acknowledged.push(answer.id()),
                Ok(answer) => drop(answer.assert_status(503)),
                Err(_) => break,
            }
        }
        acknowledged
    });
    join_all(shoppers).await.concat()
}

async fn assert_all_there(books: &Tables, acknowledged: &Acknowledged) {
    let there = books
        .texts("select reservation_id::text from reservations")
        .await;
    for id in acknowledged {
        assert_eq!(there.iter().filter(|found| *found == id).count(), 1, "{id}");
    }
}

/// Waits until the sale is well under way.
async fn sale_runs(books: &Tables, more_than: i64) {
    let rows = "select count(*) from reservations";
    eventually("the sale runs", async || {
        books.number(rows).await > more_than
    })
    .await;
}

#[tokio::test]
async fn what_a_killed_server_acknowledged_is_there_after_its_restart() {
    let mut world = World::open(1, &[]).await;
    world.shop().stock("LOAD", 100).await;
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let shop = world.shop();
        let users = format!("round-{round}");
        let kill = async {
            sale_runs(&world.books, round * 300 + 200).await;
            process::kill(world.servers[0].pid());
        };
        let (answered, ()) = join(shop_until_it_ends(&shop, 40, &users), kill).await;
        acknowledged.extend(answered);
        world.servers[0].ended().await;
        world.servers.clear();
        world.join(&[]).await;
        assert_all_there(&world.books, &acknowledged).await;
        world
            .shop()
            .reserve("LOAD", &format!("after-{round}"))
            .await
            .assert_status_in(&[201, 202]);
        world.audit().await;
    }
}

const DISCREPANCIES: &str = "select count(*) from audit_discrepancies";

/// The planted fault: a crash that forgets that a waitlist is being served.
async fn a_lost_flag_is_found(books: &Tables) {
    assert_eq!(books.number(DISCREPANCIES).await, 0);
    books.execute("update skus set serving = false").await;
    let idle = format!("{DISCREPANCIES} where rule = 'no_idle_stock'");
    assert_eq!(
        books.number(&idle).await,
        2,
        "now, and after the last entry"
    );
    books.execute("update skus set serving = true").await;
}

#[tokio::test]
async fn a_waitlist_that_a_killed_server_was_serving_is_served_to_its_end_in_order() {
    let mut world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("LONG", 0).await;
    fill_waitlist(&world.books.0, "LONG", 20_000).await;
    let restocked = shop.restock("LONG", 20_001).await;
    assert_eq!(restocked.assert_status(200).number("promoted"), 1_000);
    process::kill(world.servers[0].pid());
    world.servers[0].ended().await;
    world.servers.clear();
    let waiting = "select waitlist_size from skus where serving";
    assert!(world.books.number(waiting).await > 0);
    a_lost_flag_is_found(&world.books).await;

    world.join(&[]).await;
    let newcomer = world.shop().reserve("LONG", "newcomer").await;
    newcomer.assert_status(202);
    eventually("all are served", async || {
        let left = "select waitlist_size from skus";
        world.books.number(left).await == 0
    })
    .await;
    let out_of_order = "
        select count(*)
        from (
            select r.sequence, lag(r.sequence) over (order by l.entry) as before
            from ledger as l
            join reservations as r using (sku, reservation_id)
            where l.kind = 'PROMOTED'
        ) as promoted
        where sequence < before";
    assert_eq!(world.books.number(out_of_order).await, 0);
    let at_bound = "
        select count(*)
        from ledger
        where kind = 'PROMOTED'
        group by recorded_at
        order by 1 desc
        limit 1";
    assert_eq!(world.books.number(at_bound).await, 1_000);
    world.audit().await;
}

#[tokio::test]
async fn all_that_took_effect_was_answered_when_the_server_was_told_to_end() {
    let mut world = World::open(1, &[]).await;
    world.shop().stock("LOAD", 100).await;
    let shop = world.shop();
    let began = async {
        sale_runs(&world.books, 200).await;
        world.servers[0].terminate();
        Instant::now()
    };
    let (acknowledged, told) = join(shop_until_it_ends(&shop, 40, "sale"), began).await;
    let status = world.servers[0].ended().await;
    assert_eq!(status.code(), Some(0));
    assert!(
        told.elapsed() < Duration::from_secs(10),
        "{:?}",
        told.elapsed()
    );
    assert_all_there(&world.books, &acknowledged).await;
    let rows = world
        .books
        .number("select count(*) from reservations")
        .await;
    assert_eq!(
        usize::try_from(rows).unwrap(),
        acknowledged.len(),
        "none without an answer"
    );
    world.audit().await;
}

#[tokio::test]
async fn a_request_that_waits_for_a_row_is_answered_before_the_end() {
    let mut world = World::open(1, &[]).await;
    let shop = world.shop();
    shop.stock("LOAD", 1).await;
    let locked = world.books.lock("LOAD").await;
    let tell = async {
        let waiting = async || world.books.waiting_for(&locked).await > 0;
        eventually("the request waits", waiting).await;
        world.servers[0].terminate();
        let address = world.servers[0].address().strip_prefix("http://").unwrap();
        let refuses = async || TcpStream::connect(address).await.is_err();
        eventually("nothing is accepted any more", refuses).await;
        locked.commit().await;
    };
    let (reserved, ()) = join(shop.reserve("LOAD", "early"), tell).await;
    reserved.assert_status(201);
    assert_eq!(world.servers[0].ended().await.code(), Some(0));
    world.audit().await;
}

/// A Fairhold with the embedded PostgreSQL, a client of it, and its books.
async fn serve(folder: &DataDir) -> (Fairhold, Shop, Tables) {
    let server = Fairhold::start_in(&folder.path, &[]).await;
    let shop = Shop::at(server.address());
    let url = folder.url();
    let pool = PgPoolOptions::new().max_connections(2).connect(&url);
    (server, shop, Tables(pool.await.unwrap()))
}

#[tokio::test]
async fn what_was_acknowledged_survives_the_death_of_server_and_database_together() {
    let folder = DataDir::new("death").await;
    let (mut server, shop, books) = serve(&folder).await;
    shop.stock("LOAD", 100).await;
    let kill = async {
        sale_runs(&books, 300).await;
        process::kill(folder.postmaster().unwrap());
        server.kill().await;
    };
    let sale = shop_until_it_ends(&shop, 40, "sale");
    let (acknowledged, ()) = join(sale, kill).await;
    drop(books);
    assert!(acknowledged.len() > 100);

    let (mut server, shop, books) = serve(&folder).await;
    assert_all_there(&books, &acknowledged).await;
    shop.reserve("LOAD", "afterwards")
        .await
        .assert_status_in(&[201, 202]);
    assert_sound(&folder.url()).await;
    drop(books);
    server.terminate();
    assert_eq!(server.ended().await.code(), Some(0));
}

#[tokio::test]
async fn told_to_end_under_load_it_answers_and_stops_its_database() {
    let folder = DataDir::new("end").await;
    let (mut server, shop, books) = serve(&folder).await;
    shop.stock("LOAD", 100).await;
    let tell = async {
        sale_runs(&books, 200).await;
        server.terminate();
        books.0.close().await;
    };
    let sale = shop_until_it_ends(&shop, 40, "sale");
    let (acknowledged, ()) = join(sale, tell).await;
    assert_eq!(server.ended().await.code(), Some(0));
    assert!(!folder.options().is_running());
    assert!(
        folder.postmaster().is_none(),
        "the database has stopped cleanly"
    );

    let (mut server, _, books) = serve(&folder).await;
    assert_all_there(&books, &acknowledged).await;
    let rows = books.number("select count(*) from reservations").await;
    assert_eq!(
        usize::try_from(rows).unwrap(),
        acknowledged.len(),
        "none without an answer"
    );
    assert_sound(&folder.url()).await;
    drop(books);
    server.terminate();
    assert_eq!(server.ended().await.code(), Some(0));
}
