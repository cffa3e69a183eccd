//! A small sale with known facts, beside a busy sale of another SKU.

use fairhold_test_kit::{Shop, Tables, eventually};
use serde_json::json;

/// What the queries need to know of the sale of the SKU `GIG`.
pub(super) struct Facts {
    pub(super) from: String,
    pub(super) to: String,
}

async fn clock(books: &Tables) -> String {
    books
        .texts("select clock_timestamp()::text")
        .await
        .remove(0)
}

/// Five units, then two more: `amy` buys, `ben` cancels and `dan` is promoted, the holds of `cleo`
/// and `ivy` expire in one sweep and `eve` and `fay` are promoted, `hal` leaves the waitlist, and
/// `gus` waits for more than is available.
pub(super) async fn play(shop: &Shop, books: &Tables) -> Facts {
    shop.stock("GIG", 5).await;
    let body = json!({"sku": "GIG", "user_id": "amy", "quantity": 1});
    let amy = shop
        .post_with_key("/inventory/reserve", "order-4711", &body)
        .await;
    shop.confirm(&amy.id()).await.assert_status(200);
    let ben = shop.reserve("GIG", "ben").await.id();
    shop.reserve("GIG", "cleo").await.assert_status(201);
    shop.reserve_units("GIG", "ivy", 2).await.assert_status(201);
    let dan = shop.reserve("GIG", "dan").await.id();
    shop.reserve_units("GIG", "eve", 2).await.assert_status(202);
    let hal = shop.reserve("GIG", "hal").await.id();
    shop.reserve("GIG", "fay").await.assert_status(202);
    shop.cancel(&hal).await.assert_status(200);
    let from = clock(books).await;
    shop.cancel(&ben).await.assert_status(200);
    let to = clock(books).await;
    shop.confirm(&dan).await.assert_status(200);
    let body = json!({"sku": "GIG", "quantity": 1, "reason": "found behind the shelf"});
    shop.post_with_key("/inventory/restock", "delivery-1", &body)
        .await
        .assert_status(200);
    books.end_holds("GIG", 0).await;
    let waiting = "select waitlist_size from skus where sku = 'GIG'";
    eventually("the waitlist is empty", async || {
        books.number(waiting).await == 0
    })
    .await;
    let body = json!({"sku": "GIG", "quantity": 1, "reason": "a return"});
    shop.post("/inventory/restock", body)
        .await
        .assert_status(200);
    shop.reserve_units("GIG", "gus", 3).await.assert_status(202);
    Facts { from, to }
}
