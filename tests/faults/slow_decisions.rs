//! A decision on a long waitlist that takes longer than the idle-in-transaction timeout.

use std::time::Duration;

use fairhold_test_kit::fill_waitlist;

use crate::wire::{Hand, Wire};

/// Longer than the 2 s that a transaction may usually be idle.
const DELAY: Duration = Duration::from_millis(3500);

#[tokio::test]
async fn a_restock_that_serves_a_long_waitlist_may_be_idle_for_longer() {
    let (world, hand) = Hand::on_new_wire(&["--request-timeout-ms=10000"]).await;
    let shop = &world.shop();
    shop.stock("LONG", 0).await;
    fill_waitlist(&world.books.0, "LONG", 51_000).await;
    // Everything is read and decided, and the first write is late.
    hand.set(Wire::LateAt("update reservations", DELAY));
    let done = shop.restock("LONG", 51_000).await;
    assert_eq!(done.assert_status(200).number("promoted"), 51_000);
    world.audit().await;
}
