//! Live updates of the real program, in one process and in several.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

use std::time::Duration;

use tokio::time::timeout;

use crate::shop::{Answer, Shop};

mod all_inventory;
mod inventory;
mod limits;
mod outage;
mod reservations;

#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../concurrency/books.rs"]
mod books;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../support/folder.rs"]
mod folder;
#[path = "../support/process.rs"]
mod process;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../support/proxy.rs"]
mod proxy;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../concurrency/shop.rs"]
mod shop;
#[path = "../support/stream.rs"]
mod stream;
#[path = "../support/mod.rs"]
mod support;
#[path = "../concurrency/world.rs"]
mod world;

/// The response to a stream that must be refused; a stream would not end.
async fn refused(shop: &Shop, path: &str) -> Answer {
    let answer = timeout(Duration::from_secs(20), shop.get(path)).await;
    answer.unwrap()
}
