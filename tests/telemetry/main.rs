//! What an operator sees: metrics and traces, of the real program.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

mod batches;
mod collector;
mod deploy;
mod figures;
mod impossible_state;
mod logs;
mod pressure;
mod promql;
mod traces;

#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../support/answer.rs"]
mod answer;
#[path = "../support/document.rs"]
mod document;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../access/server.rs"]
mod server;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../access/signer.rs"]
mod signer;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../access/site.rs"]
mod site;

#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../concurrency/books.rs"]
mod books;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../support/process.rs"]
mod process;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../support/proxy.rs"]
mod proxy;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../concurrency/shop.rs"]
mod shop;
#[path = "../support/mod.rs"]
mod support;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../concurrency/world.rs"]
mod world;

use reqwest::{Client, Method, RequestBuilder};

/// A request to the first of the world's processes.
fn request(world: &world::World, method: Method, path: &str) -> RequestBuilder {
    let provider = rustls::crypto::ring::default_provider();
    provider.install_default().ok();
    let client = Client::builder().no_proxy().build().unwrap();
    client.request(method, format!("{}{path}", world.servers[0].address()))
}
