//! A real PostgreSQL server that your program starts, owns and stops.
//!
//! - **Real and durable**: the server programs of this machine (or, where there are none, a
//!   downloaded copy), with `fsync`, `synchronous_commit` and `full_page_writes` on.
//! - **Private**: it listens on a Unix socket in a directory that only its owner can enter. It
//!   opens no TCP port and needs no password.
//! - **One owner**: a file lock makes sure that one process at a time owns a data directory.
//! - **No orphans**: a watchdog process stops the server however its owner ends, SIGKILL included.
//! - **Crash-safe**: a start that is killed halfway leaves nothing behind that the next start can't
//!   use, and [`keep_running`](EmbeddedPostgres::keep_running) restarts a server that dies alone.
//! - **Works as root**: PostgreSQL refuses to run as root, so the server then runs as `postgres` or
//!   `nobody`.
//!
//! It runs on Linux and macOS, with PostgreSQL 15 or newer.
//!
//! ```no_run
//! use fairhold_embedded_postgres::{EmbeddedPostgres, Options, default_data_dir};
//! use sqlx::{ConnectOptions, Connection};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let mut options = Options::new("bookshop", default_data_dir("bookshop"));
//! options.settings.push(("max_connections".into(), "50".into()));
//!
//! let server = EmbeddedPostgres::start(&options).await?;
//! println!("psql {:?}", server.url());
//!
//! let mut connection = server.connect_options().connect().await?;
//! connection.ping().await?;
//! connection.close().await?;
//!
//! server.stop().await?;
//! # Ok(())
//! # }
//! ```

mod cluster;
mod download;
mod embedded_postgres;
mod environment;
mod error;
mod find_programs;
mod instance;
mod lock;
mod options;
mod os_user;
mod paths;
mod postmaster_pid;
mod programs;
mod search_paths;
mod server;
mod server_log;
mod watchdog;

pub use self::embedded_postgres::EmbeddedPostgres;
pub use self::error::{StartError, StopError};
pub use self::options::{Options, default_data_dir};
