//! Deployment: TLS, shutdown, Kubernetes, systemd, documented settings, links between documents.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]
#![expect(clippy::expect_used, reason = "a test that can't go on must fail")]

fairhold_test_kit::keeper!();

mod drain;
mod kubernetes;
mod links;
mod page;
mod settings;
mod systemd;
mod tls;
