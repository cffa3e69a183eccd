//! Clients that close their sending side before the response: TCP cannot tell them from clients
//! that have gone.

use fairhold_test_kit::{Weather, World, shop::order_bytes};
use futures_util::future::join;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn closing_the_sending_side_abandons_the_command() {
    let flags = ["--lanes=1", "--request-timeout-ms=20000"];
    let (world, proxy) = World::open_behind_proxy(&flags).await;
    let shop = &world.shop();
    shop.stock("HALF", 5).await;
    proxy.set(Weather::Frozen);
    let first = shop.reserve("HALF", "whole");
    let leaving = async {
        // The only lane is busy with the first command.
        proxy.held_back().await;
        let mut half = world.connect().await;
        half.write_all(&order_bytes("HALF", "half")).await.unwrap();
        half.shutdown().await.unwrap();
        let mut response = Vec::new();
        half.read_to_end(&mut response).await.unwrap();
        proxy.set(Weather::Fair);
        String::from_utf8(response).unwrap()
    };
    let (first, response) = join(first, leaving).await;
    first.assert_status(201);
    assert_eq!(response, "");
    shop.reserve("HALF", "afterwards").await.assert_status(201);
    let users = "select user_id from reservations order by user_id";
    assert_eq!(world.books.texts(users).await, ["afterwards", "whole"]);
    world.audit().await;
}
