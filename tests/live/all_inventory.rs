//! `GET /live/inventory`: first every SKU, then each change.

use std::collections::BTreeMap;

use fairhold_test_kit::{EventStream, World};
use serde_json::json;

async fn open(world: &World, process: usize) -> EventStream {
    EventStream::open(world.servers[process].address(), "/live/inventory").await
}

/// A restock by one unit, in a transaction of the test.
const RESTOCK: &str = "
    update skus
    set
        total_quantity = total_quantity + 1,
        available_quantity = available_quantity + 1,
        version = version + 1,
        updated_at = clock_timestamp()
    where sku = 'SLOW';

    insert into ledger (
        sku, entry, kind, quantity, available_delta, reserved_delta, sold_delta, total_delta,
        recorded_at
    )
    select sku, version, 'RESTOCKED', 1, 1, 0, 0, 1, updated_at
    from skus
    where sku = 'SLOW'";

/// Creates `count` SKUs as `init` does.
pub(crate) async fn stock(world: &World, count: u32) {
    world
        .books
        .execute(&format!(
            "with created as (
                 insert into skus (
                     sku, initial_quantity, total_quantity, available_quantity,
                     reserved_quantity, sold_quantity, waitlist_size, waitlist_quantity,
                     last_sequence, hold_ttl_seconds, version, created_at, updated_at
                 )
                 select 'SKU-' || n, 5, 5, 5, 0, 0, 0, 0, 0, 300, 1, now(), now()
                 from generate_series(1, {count}) as n
                 returning *
             )
             insert into ledger (
                 sku, entry, kind, quantity, available_delta, reserved_delta, sold_delta,
                 total_delta, recorded_at
             )
             select sku, 1, 'INITIALIZED', 5, 5, 0, 0, 5, created_at from created"
        ))
        .await;
}

#[tokio::test]
async fn every_sku_is_sent_once_and_then_each_change() {
    let world = World::open(2, &[]).await;
    let shops = &world.shops();
    stock(&world, 2500).await;
    let mut streams = [open(&world, 0).await, open(&world, 1).await];
    for stream in &mut streams {
        let mut skus = BTreeMap::new();
        while skus.len() < 2500 {
            let event = stream.event().await;
            assert_eq!(event.kind, "inventory");
            assert_eq!(event.id.as_deref(), Some("1"));
            let before = skus.insert(event.text("sku").to_owned(), event.data.clone());
            assert_eq!(before, None, "twice");
        }
        let one = shops[0].get("/analytics/inventory/SKU-77").await.body;
        assert_eq!(skus["SKU-77"], one);
    }
    shops[0]
        .reserve("SKU-2000", "userA")
        .await
        .assert_status(201);
    for stream in &mut streams {
        let event = stream.event().await;
        assert_eq!(
            (event.text("sku"), event.number("version")),
            ("SKU-2000", 2)
        );
    }
    let new = json!({"sku": "NEW", "quantity": 1});
    shops[1]
        .post("/inventory/init", new)
        .await
        .assert_status(201);
    for stream in &mut streams {
        assert_eq!(stream.event().await.text("sku"), "NEW");
    }
    shops[1].restock("SKU-1", 7).await.assert_status(200);
    for stream in &mut streams {
        let event = stream.event().await;
        assert_eq!(
            event.data,
            shops[0].get("/analytics/inventory/SKU-1").await.body
        );
    }
    world.audit().await;
}

#[tokio::test]
async fn a_stream_of_an_empty_shop_sends_its_first_sku() {
    let world = World::open(1, &[]).await;
    let mut stream = open(&world, 0).await;
    world.shop().stock("A", 1).await;
    assert_eq!(stream.event().await.text("sku"), "A");
}

#[tokio::test]
async fn a_change_of_a_long_transaction_is_not_missed() {
    let world = World::open(1, &[]).await;
    let shop = world.shop();
    for sku in ["SLOW", "QUICK"] {
        shop.stock(sku, 1000).await;
    }
    let mut stream = open(&world, 0).await;
    for _ in 0..2 {
        stream.event().await;
    }
    let mut slow = world.books.lock("SLOW").await;
    slow.execute(RESTOCK).await;
    let began = world.books.instant().await;
    // Changes of other SKUs are sent meanwhile.
    while world.books.instant().await < began + 2.5 {
        shop.restock("QUICK", 1).await.assert_status(200);
        assert_eq!(stream.event().await.text("sku"), "QUICK");
    }
    slow.commit().await;
    let event = stream.event().await;
    assert_eq!((event.text("sku"), event.number("version")), ("SLOW", 2));
    world.audit().await;
}

#[tokio::test]
async fn a_change_with_an_earlier_timestamp_is_found_by_its_version() {
    let world = World::open(1, &[]).await;
    world.shop().stock("SLOW", 1).await;
    let mut stream = open(&world, 0).await;
    assert_eq!(stream.event().await.number("version"), 1);
    let mut locked = world.books.lock("SLOW").await;
    let past = RESTOCK.replace("clock_timestamp()", "updated_at + interval '1 microsecond'");
    let age = "update skus set created_at = created_at - interval '1 hour',
                               updated_at = updated_at - interval '1 hour' where sku = 'SLOW';
               update ledger set recorded_at = recorded_at - interval '1 hour' where sku = 'SLOW'";
    locked.execute(age).await;
    locked.execute(&past).await;
    locked.commit().await;
    assert_eq!(stream.event().await.number("version"), 2);
}
