//! Clients that stop sending before they have their answer: TCP does not tell them from those that
//! have gone.

use fairhold_test_kit::{Weather, World, shop::order_bytes};
use futures_util::future::join;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn a_client_that_shuts_its_sending_side_gives_its_command_up() {
    let flags = ["--lanes=1", "--request-timeout-ms=20000"];
    let (world, proxy) = World::open_behind_proxy(&flags).await;
    let shop = &world.shop();
    shop.stock("HALF", 5).await;
    proxy.set(Weather::Frozen);
    let first = shop.reserve("HALF", "whole");
    let leaving = async {
        // The only lane has its hands full with the first.
        proxy.held_back().await;
        let mut half = world.connect().await;
        half.write_all(&order_bytes("HALF", "half")).await.unwrap();
        half.shutdown().await.unwrap();
        let mut heard = Vec::new();
        half.read_to_end(&mut heard).await.unwrap();
        proxy.set(Weather::Fair);
        String::from_utf8(heard).unwrap()
    };
    let (first, heard) = join(first, leaving).await;
    first.assert_status(201);
    assert_eq!(heard, "");
    shop.reserve("HALF", "afterwards").await.assert_status(201);
    let users = "select user_id from reservations order by user_id";
    assert_eq!(world.books.texts(users).await, ["afterwards", "whole"]);
    world.audit().await;
}
