//! Rate limits of real processes with a real PostgreSQL and a real Redis.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../support/answer.rs"]
mod answer;
#[path = "../support/document.rs"]
mod document;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../deploy/papers.rs"]
mod papers;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../access/server.rs"]
mod server;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../access/signer.rs"]
mod signer;
#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../access/site.rs"]
mod site;
#[path = "../support/mod.rs"]
mod support;

mod costs;
mod keys;
mod proxies;
mod redis;
mod redis_tls;
mod requests;
mod shared;
