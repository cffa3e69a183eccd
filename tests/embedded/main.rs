//! The PostgreSQL that comes along, with real processes: what it survives, and what it refuses.
#![expect(clippy::unwrap_used, reason = "a test that can't go on must fail")]

mod crash;
mod folder;
mod life;
mod owner;
mod place;
