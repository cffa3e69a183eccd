//! A decision on a long line takes longer than the database lets a silent transaction stay open.

use std::time::Duration;

use fairhold_test_kit::fill_waitlist;

use crate::wire::{Hand, Wire};

/// Longer than the 2 s that a transaction may usually be silent.
const THOUGHT: Duration = Duration::from_millis(3500);

#[tokio::test]
async fn a_restock_that_serves_a_long_line_may_be_silent_for_longer() {
    let (world, hand) = Hand::on_a_new_wire(&["--request-timeout-ms=10000"]).await;
    let shop = &world.shop();
    shop.stock("LONG", 0).await;
    fill_waitlist(&world.books.0, "LONG", 51_000).await;
    // All is read and decided, and the first thing that is written comes late.
    hand.set(Wire::LateAt("update reservations", THOUGHT));
    let done = shop.restock("LONG", 51_000).await;
    assert_eq!(done.assert_status(200).number("promoted"), 51_000);
    world.audit().await;
}
