//! A commit whose answer is lost: the client still hears what is true, and nothing happens twice.

use fairhold_test_kit::{Fate, Weather, World, shop::order};
use futures_util::future::{join, join_all};
use serde_json::json;

/// Both ways of losing a connection at the commit: before it and after it took effect.
const CUTS: [Fate; 2] = [Fate::Lost, Fate::Unanswered];

#[tokio::test]
async fn a_reserve_whose_commit_was_cut_off_is_answered_truly() {
    for fate in CUTS {
        let (world, proxy) = World::open_behind_proxy(&[]).await;
        let shop = world.shop();
        shop.stock("CUT", 1).await;
        proxy.set(Weather::AtCommit(fate));
        let reserved = shop.reserve("CUT", "lucky").await;
        proxy.struck().await;
        reserved.assert_status(201);
        let found = shop.reservation(&reserved.id()).await;
        assert_eq!(found.text("status"), "RESERVED");
        assert_eq!(
            world
                .books
                .number("select count(*) from reservations")
                .await,
            1
        );
        world.audit().await;
    }
}

#[tokio::test]
async fn a_restock_without_a_key_whose_commit_was_cut_off_counts_once() {
    for fate in CUTS {
        let (world, proxy) = World::open_behind_proxy(&[]).await;
        let shop = world.shop();
        shop.stock("CUT", 1).await;
        shop.reserve("CUT", "holder").await.assert_status(201);
        shop.reserve("CUT", "waiter").await.assert_status(202);
        proxy.set(Weather::AtCommit(fate));
        let restocked = shop.restock("CUT", 5).await;
        proxy.struck().await;
        restocked.assert_status(200);
        assert_eq!(restocked.number("promoted"), 1);
        assert_eq!(shop.inventory("CUT").await.number("total_quantity"), 6);
        world.audit().await;
    }
}

/// Nothing but its key is written for who holds a unit already: no row of the ledger tells of it.
#[tokio::test]
async fn a_key_whose_commit_was_cut_off_is_not_told_to_be_a_repetition() {
    for fate in CUTS {
        let (world, proxy) = World::open_behind_proxy(&[]).await;
        let shop = world.shop();
        shop.stock("CUT", 1).await;
        shop.reserve("CUT", "holder").await.assert_status(201);
        let again = async || {
            let body = order("CUT", "holder", 1);
            shop.post_with_key("/inventory/reserve", "k", &body).await
        };
        proxy.set(Weather::AtCommit(fate));
        let first = again().await;
        proxy.struck().await;
        first.assert_status(200);
        assert!(!first.is_replayed(), "{first:?}");
        assert!(again().await.is_replayed());
        world.audit().await;
    }
}

#[tokio::test]
async fn a_whole_batch_whose_commit_was_cut_off_is_answered_truly() {
    for fate in CUTS {
        let (world, proxy) = World::open_behind_proxy(&["--lanes", "1"]).await;
        let shop = &world.shop();
        shop.stock("BATCH", 30).await;
        let sold = &shop.reserve("BATCH", "buyer").await.id();
        let freed = &shop.reserve("BATCH", "leaver").await.id();
        proxy.set(Weather::AtCommit(fate));
        let asks =
            join_all((0..60).map(async |n| shop.reserve("BATCH", &format!("user-{n}")).await));
        let (answers, (sold, freed)) =
            join(asks, join(shop.confirm(sold), shop.cancel(freed))).await;
        proxy.struck().await;
        sold.assert_status(200);
        freed.assert_status(200);
        for answer in &answers {
            answer.assert_status_in(&[201, 202]);
            let status = shop.reservation(&answer.id()).await.text("status");
            assert!(status == answer.text("status") || status == "RESERVED");
        }
        let books = shop.inventory("BATCH").await;
        assert_eq!(books.number("sold_quantity"), 1);
        assert_eq!(books.number("reserved_quantity"), 29);
        assert_eq!(books.number("waitlist_size"), 31);
        world.audit().await;
    }
}

#[tokio::test]
async fn an_outcome_that_cannot_be_looked_up_is_unknown_and_a_repetition_harmless() {
    for fate in [Fate::UnansweredAndDown, Fate::UnansweredAndFrozen] {
        let (world, proxy) = World::open_behind_proxy(&["--request-timeout-ms", "800"]).await;
        let shop = &world.shop();
        shop.stock("UNKNOWN", 10).await;
        let reserve = order("UNKNOWN", "doubtful", 2);
        let refill = json!({"sku": "UNKNOWN", "quantity": 5});
        for (path, body, status) in [
            ("/inventory/reserve", reserve, 201),
            ("/inventory/restock", refill, 200),
        ] {
            proxy.set(Weather::AtCommit(fate));
            let unknown = shop.post_with_key(path, "k", &body).await;
            unknown.assert_problem(503, "database-unavailable");
            proxy.set(Weather::Fair);
            let again = shop.post_with_key(path, "k", &body).await;
            again.assert_status(status);
            assert!(again.is_replayed(), "it had taken effect: {again:?}");
        }
        let books = shop.inventory("UNKNOWN").await;
        assert_eq!(books.number("reserved_quantity"), 2);
        assert_eq!(books.number("total_quantity"), 15);
        world.audit().await;
    }
}

#[tokio::test]
async fn a_network_that_freezes_at_the_commit_and_thaws_costs_only_time() {
    let (world, proxy) = World::open_behind_proxy(&[]).await;
    let shop = &world.shop();
    shop.stock("ICE", 1).await;
    proxy.set(Weather::AtCommit(Fate::UnansweredAndFrozen));
    let thaw = async {
        proxy.struck().await;
        let written = async || {
            world
                .books
                .number("select count(*) from reservations")
                .await
                == 1
        };
        fairhold_test_kit::eventually("it is committed", written).await;
        proxy.set(Weather::Fair);
    };
    let (reserved, ()) = join(shop.reserve("ICE", "patient"), thaw).await;
    reserved.assert_status(201);
    world.audit().await;
}

#[tokio::test]
async fn a_sale_over_a_network_that_keeps_cutting_commits_adds_up() {
    let (world, proxy) = World::open_behind_proxy(&["--batch-limit", "8"]).await;
    let shop = &world.shop();
    shop.stock("SHAKY", 100).await;
    let sale = join_all((0..30).map(async |n| {
        let reserved = shop.reserve("SHAKY", &format!("user-{n}")).await;
        reserved.assert_status(201);
        match n % 3 {
            0 => shop
                .confirm(&reserved.id())
                .await
                .assert_status(200)
                .text("status"),
            1 => shop
                .cancel(&reserved.id())
                .await
                .assert_status(200)
                .text("status"),
            _ => shop
                .restock("SHAKY", 1)
                .await
                .assert_status(200)
                .text("sku"),
        }
    }));
    let cuts = async {
        for fate in CUTS.into_iter().cycle() {
            proxy.set(Weather::AtCommit(fate));
            proxy.struck().await;
        }
    };
    tokio::select! {
        _ = sale => {}
        () = cuts => {}
    }
    proxy.set(Weather::Fair);
    let books = shop.inventory("SHAKY").await;
    assert_eq!(books.number("total_quantity"), 110);
    assert_eq!(books.number("sold_quantity"), 10);
    assert_eq!(books.number("reserved_quantity"), 10);
    world.audit().await;
}
