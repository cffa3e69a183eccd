//! Logs, metrics and traces of the real program.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

mod batches;
mod collector;
mod deploy;
mod impossible_state;
mod logs;
mod metrics;
mod pressure;
mod promql;
mod traces;

use fairhold_test_kit::{World, server::client_builder};
use reqwest::{Method, RequestBuilder};

/// A request to the world's first process.
fn request(world: &World, method: Method, path: &str) -> RequestBuilder {
    let client = client_builder().build().unwrap();
    client.request(method, format!("{}{path}", world.servers[0].address()))
}
