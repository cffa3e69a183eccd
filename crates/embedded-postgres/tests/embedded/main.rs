//! The embedded PostgreSQL with real processes: what it survives and what it rejects.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

mod crash;
mod data_dir;
mod directories;
mod life;
mod owner;
