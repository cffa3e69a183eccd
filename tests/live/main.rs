//! Live updates of the real program, in one process and in several.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

use std::time::Duration;

use fairhold_test_kit::{Answer, Shop};
use tokio::time::timeout;

mod all_inventory;
mod inventory;
mod limits;
mod outage;
mod reservations;

/// The response to a stream that must be refused; a stream would not end.
async fn refused(shop: &Shop, path: &str) -> Answer {
    let answer = timeout(Duration::from_secs(20), shop.get(path)).await;
    answer.unwrap()
}
