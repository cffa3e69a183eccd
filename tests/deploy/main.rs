//! How Fairhold is put to work: by TLS, ended by a platform, on Kubernetes, under systemd.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

mod drain;
mod kubernetes;
mod links;
mod page;
mod papers;
mod settings;
mod systemd;
mod tls;

#[expect(dead_code, reason = "these tests need only a part of it")]
#[path = "../support/process.rs"]
mod process;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tools.rs"]
mod tools;
