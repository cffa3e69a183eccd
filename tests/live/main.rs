//! Live updates: the real program in one process and in several, watched by streams.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

use std::time::Duration;

use fairhold_test_kit::{Answer, Shop};
use tokio::time::timeout;

mod all;
mod inventory;
mod limits;
mod outage;
mod reservations;

/// The answer to who must not get a stream: that would have no end.
async fn refused(shop: &Shop, path: &str) -> Answer {
    let answer = timeout(Duration::from_secs(20), shop.get(path)).await;
    answer.unwrap()
}
