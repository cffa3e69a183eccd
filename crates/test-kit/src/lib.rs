//! What Fairhold's tests share: databases, server processes, clients, and networks that fail.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::new_without_default,
    clippy::return_self_not_must_use,
    reason = "a helper that fails must fail its test"
)]

pub mod certificate;
pub mod command;
pub mod document;
pub mod history;
mod openapi;
pub mod operation;
pub mod process;
pub mod server;
pub mod shop;
pub mod tokens;

mod answer;
mod cluster;
mod data_dir;
mod database;
mod deployment;
mod edge_values;
mod events;
mod postgres_host;
mod proxy;
mod tables;
mod tools;
mod wait;
mod waitlist;
mod world;

pub use self::answer::Answer;
pub use self::cluster::Cluster;
pub use self::command::{Ended, assert_sound};
pub use self::data_dir::DataDir;
pub use self::database::{TestDatabase, embedded_options, keep_the_server, postgres_programs};
pub use self::deployment::Deployment;
pub use self::edge_values::edge_values;
pub use self::events::{Block, Event, EventStream};
pub use self::postgres_host::PostgresHost;
pub use self::process::Fairhold;
pub use self::proxy::{Fate, Proxy, Weather};
pub use self::server::Server;
pub use self::shop::Shop;
pub use self::tables::{LockedSku, Tables};
pub use self::tokens::TokenSigner;
pub use self::tools::{not_tested, not_tested_without};
pub use self::wait::eventually;
pub use self::waitlist::{fill_waitlist, fill_waitlist_with};
pub use self::world::World;
